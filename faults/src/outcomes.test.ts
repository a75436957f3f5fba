import { expect, test } from "vitest";
import { tableOf } from "./outcomes.ts";

test("the table names for each fault how often it was upheld, and the seeds that broke it", () => {
  const of = { fault: "Redis killed", seconds: 4 };
  expect(
    tableOf([
      { ...of, seed: 1, upheld: true },
      { fault: "API killed", seed: 1, seconds: 12.34, upheld: true },
      { ...of, seed: 2, upheld: false },
      { ...of, seed: 3, upheld: false },
    ]),
  ).toBe(
    [
      "verdict   upheld  seconds  fault",
      "VIOLATED  1 of 3  4.0      Redis killed (seeds 2, 3)",
      "UPHELD    1 of 1  12.3     API killed",
    ].join("\n"),
  );
});
