import { systemCall } from "@latchkey/core";
import type { Core } from "@latchkey/core";

const batchSize = 1_000;

/** Forgets the idempotent answers that are past their 24 h, in batches that hold no lock for long. */
export const forgetAnswers = async ({ idempotency }: Core): Promise<void> => {
  for (let full = true; full;) {
    const { forgotten } = await idempotency.forgetAnswers(systemCall("forget-answers"), {
      limit: batchSize,
    });
    full = forgotten === batchSize;
  }
};
