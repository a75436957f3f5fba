import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { createLicenseBatches } from "./license-batches.ts";

interface Claim {
  readonly licenseId: string;
  readonly by: string;
}

const claim = (licenseId: string, by: string): Claim => ({ licenseId, by });

/** Judgements that the test ends when it likes; `locked` are licenses that somebody else has locked. */
const aCourt = (options: { maxWaitMs?: number } = {}) => {
  const judgements: { how: string; claims: string[]; end: (error?: Error) => void }[] = [];
  const locked = new Set<string>();
  const known = new Map<string, string>();
  const judge = (how: "together" | "in line") => (claims: readonly Claim[]) =>
    new Promise<Map<Claim, string>>((resolve, reject) => {
      const judged = claims.filter(({ licenseId }) => how === "in line" || !locked.has(licenseId));
      judgements.push({
        how,
        claims: claims.map(({ licenseId, by }) => `${licenseId}${by}`),
        end: (error) =>
          error
            ? reject(error)
            : resolve(new Map(judged.map((each) => [each, `${how} ${each.by}`]))),
      });
    });
  const ask = createLicenseBatches<Claim, string>({
    maxItems: 3,
    maxWaitMs: 60_000,
    maxTogether: 2,
    maxInLine: 1,
    recall: ({ licenseId }) => known.get(licenseId) ?? null,
    judgeTogether: judge("together"),
    judgeInLine: judge("in line"),
    mayBeOfOne: (error) => error instanceof TypeError,
    ...options,
  });
  return { ask, judgements, known, locked };
};

describe("claims that arrive together", () => {
  test("are judged together, whatever their license, and in their order", async () => {
    const { ask, judgements } = aCourt();
    const answers = Promise.all([ask(claim("A", "1")), ask(claim("B", "1")), ask(claim("A", "2"))]);
    await nextTurn();
    expect(judgements.map(({ claims }) => claims)).toEqual([["A1", "B1", "A2"]]);
    judgements[0]?.end();
    expect(await answers).toEqual(["together 1", "together 1", "together 2"]);
  });

  test("wait for the judgement that is under way, and share the next", async () => {
    const { ask, judgements } = aCourt();
    const first = ask(claim("A", "1"));
    await nextTurn();
    const others = [ask(claim("A", "2")), ask(claim("B", "1"))];
    await nextTurn();
    expect(judgements).toHaveLength(1);
    judgements[0]?.end();
    await first;
    await nextTurn();
    expect(judgements[1]?.claims).toEqual(["A2", "B1"]);
    judgements[1]?.end();
    await Promise.all(others);
  });

  test("are answered by what is known by the time that they would be judged", async () => {
    const { ask, judgements, known } = aCourt();
    const first = ask(claim("A", "1"));
    await nextTurn();
    const later = ask(claim("A", "2"));
    known.set("A", "full");
    judgements[0]?.end();
    expect(await first).toBe("together 1");
    expect(await later).toBe("full");
    expect(judgements).toHaveLength(1);
  });

  test("wait no longer than they were told for another license's judgement", async () => {
    const { ask, judgements } = aCourt({ maxWaitMs: 5 });
    const answers = [ask(claim("A", "1"))];
    await nextTurn();
    answers.push(ask(claim("A", "2")), ask(claim("B", "1")));
    await expect.poll(() => judgements.length).toBe(2);
    // The license that is being judged is busy.
    expect(judgements[1]?.claims).toEqual(["B1"]);
    for (const { end } of judgements) end();
    await expect.poll(() => judgements.length).toBe(3);
    judgements[2]?.end();
    await Promise.all(answers);
  });
});

describe("a license that somebody else has locked", () => {
  test("is waited for in line, with what comes for it meanwhile, and holds up no other", async () => {
    const { ask, judgements, locked } = aCourt();
    locked.add("A").add("B");
    const answers = [ask(claim("A", "1")), ask(claim("B", "1")), ask(claim("C", "1"))];
    await nextTurn();
    judgements[0]?.end();
    expect(await answers[2]).toBe("together 1");
    await nextTurn();
    answers.push(ask(claim("B", "2")), ask(claim("C", "2")));
    await expect.poll(() => judgements.length).toBe(3);
    expect(judgements.slice(1).map(({ how, claims }) => [how, claims])).toEqual([
      ["in line", ["A1"]],
      ["together", ["C2"]],
    ]);
    judgements[1]?.end();
    await expect.poll(() => judgements.length).toBe(4);
    expect(judgements[3]).toMatchObject({ how: "in line", claims: ["B1", "B2"] });
    judgements[2]?.end();
    judgements[3]?.end();
    expect(await Promise.all(answers)).toHaveLength(5);
  });
});

describe("a judgement that fails", () => {
  test("fails all of it, and nothing after", async () => {
    const { ask, judgements } = aCourt();
    const answers = Promise.allSettled([ask(claim("A", "1")), ask(claim("B", "1"))]);
    await nextTurn();
    judgements[0]?.end(new Error("out of reach"));
    expect((await answers).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    const next = ask(claim("A", "2"));
    await nextTurn();
    judgements[1]?.end();
    expect(await next).toBe("together 2");
  });

  test("fails for one license alone where that may be at fault", async () => {
    const { ask, judgements } = aCourt();
    const answers = Promise.allSettled([ask(claim("A", "1")), ask(claim("B", "1"))]);
    await nextTurn();
    judgements[0]?.end(new TypeError("nonsense"));
    await expect.poll(() => judgements.length).toBe(2);
    judgements[1]?.end(new TypeError("nonsense"));
    await expect.poll(() => judgements.length).toBe(3);
    judgements[2]?.end();
    expect((await answers).map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
  });
});
