import type { CoreDeps } from "../deps.ts";
import { answerOnce } from "./answer-once.ts";
import { forgetAnswers } from "./forget-answers.ts";

/** The first answer of a request, repeatable by its `Idempotency-Key` for 24 hours. */
export const createIdempotency = (deps: CoreDeps) => ({
  answerOnce: answerOnce(deps),
  forgetAnswers: forgetAnswers(deps),
});
