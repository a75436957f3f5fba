import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { createLicenseBatches } from "./license-batches.ts";

interface Claim {
  readonly licenseId: string;
  readonly by: string;
}

/** A court whose judgements on the license "slow" end when the test says so, in line or together. */
const aCourt = (slowIsLocked: boolean) => {
  const gate = Promise.withResolvers<undefined>();
  const answersOf = (claims: readonly Claim[]) => new Map(claims.map((each) => [each, each.by]));
  const isSlow = ({ licenseId }: Claim): boolean => licenseId === "slow";
  const ask = createLicenseBatches<Claim, string>({
    maxItems: 500,
    maxWaitMs: 1,
    maxTogether: 2,
    maxInLine: 1,
    recall: () => null,
    mayBeOfOne: () => true,
    judgeTogether: async (claims) => {
      if (!slowIsLocked && claims.some(isSlow)) await gate.promise;
      return answersOf(slowIsLocked ? claims.filter((each) => !isSlow(each)) : claims);
    },
    judgeInLine: async (claims) => {
      await gate.promise;
      return answersOf(claims);
    },
  });
  return { ask, end: () => gate.resolve(undefined) };
};

test.each([
  ["is locked by somebody else", true],
  ["takes long to judge", false],
])("who waits for a license that %s holds up no claim on another", async (_, slowIsLocked) => {
  const { ask, end } = aCourt(slowIsLocked);
  const first = ask({ licenseId: "slow", by: "first" });
  await sleep(10);
  const second = ask({ licenseId: "slow", by: "second" });
  await sleep(10);
  for (const by of ["one", "another"]) expect(await ask({ licenseId: "other", by })).toBe(by);
  end();
  expect(await Promise.all([first, second])).toEqual(["first", "second"]);
});
