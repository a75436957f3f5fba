import { expect, test } from "vitest";
import { tableOf } from "./outcomes.ts";

test("the table names for each fault how often it was upheld, the seeds that broke it, and what was not tried", () => {
  const of = { fault: "Redis killed", seconds: 4 };
  expect(
    tableOf([
      { ...of, seed: 1, verdict: "UPHELD" },
      { fault: "API killed", seed: 1, seconds: 12.34, verdict: "UPHELD" },
      { fault: "full disk", seed: 1, seconds: 0, verdict: "NOT TRIED" },
      { ...of, seed: 2, verdict: "VIOLATED" },
      { ...of, seed: 3, verdict: "VIOLATED" },
    ]),
  ).toBe(
    [
      "verdict    upheld  seconds  fault",
      "VIOLATED   1 of 3  4.0      Redis killed (seeds 2, 3)",
      "UPHELD     1 of 1  12.3     API killed",
      "NOT TRIED  0 of 1  0.0      full disk",
    ].join("\n"),
  );
});
