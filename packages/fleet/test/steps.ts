/** Steps of a model house: one that is named, and any. */
import fc from "fast-check";
import type { Step } from "./model-house.ts";

/** A call `gapMs` after the one before, over a quick network unless told. */
export const at = (
  machine: number,
  call: Step["call"],
  gapMs = 1_000,
  rest: Partial<Step> = {},
): Step => ({
  machine,
  call,
  gapMs,
  outMs: 20,
  backMs: 30,
  answerLost: false,
  ...rest,
});

export const anyStep: fc.Arbitrary<Step> = fc.record({
  machine: fc.nat(5),
  call: fc.constantFrom("acquire", "acquire", "heartbeat", "heartbeat", "release"),
  gapMs: fc.oneof(fc.nat(2_000), fc.nat(120_000), fc.constant(0)),
  outMs: fc.oneof(fc.nat(100), fc.nat(20_000)),
  backMs: fc.oneof(fc.nat(100), fc.nat(5_000)),
  answerLost: fc.boolean(),
});
