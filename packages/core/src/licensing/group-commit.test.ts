import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createGroupCommit } from "./group-commit.ts";

/** A commit that the test ends when it likes. */
const heldCommits = () => {
  const commits: { items: readonly string[]; end: (error?: Error) => void }[] = [];
  const commit = (items: readonly string[]) =>
    new Promise<Map<string, string>>((resolve, reject) => {
      const results = new Map(items.map((item) => [item, `done ${item}`]));
      commits.push({ items, end: (error) => (error ? reject(error) : resolve(results)) });
    });
  return { commits, commit };
};

const options = { maxWaitMs: 60_000, maxItems: 3, keyOf: (item: string) => item };

describe("a group commit", () => {
  test("takes together what arrives together, each key once", async () => {
    const { commits, commit } = heldCommits();
    const add = createGroupCommit({ ...options, commit });
    const answers = Promise.all([add("a"), add("b"), add("a")]);
    await nextTurn();
    expect(commits.map(({ items }) => items)).toEqual([["a", "b"]]);
    commits[0]?.end();
    expect(await answers).toEqual(["done a", "done b", "done a"]);
  });

  test("gathers while it works, and goes on when that ends", async () => {
    const { commits, commit } = heldCommits();
    const add = createGroupCommit({ ...options, commit });
    const first = add("a");
    await nextTurn();
    const others = [add("b"), add("c")];
    await nextTurn();
    expect(commits).toHaveLength(1);
    commits[0]?.end();
    await first;
    await nextTurn();
    expect(commits[1]?.items).toEqual(["b", "c"]);
    commits[1]?.end();
    await Promise.all(others);
  });

  test("does not wait for a slow commit longer than it was told", async () => {
    const { commits, commit } = heldCommits();
    const add = createGroupCommit({ ...options, maxWaitMs: 5, commit });
    const answers = [add("a")];
    await nextTurn();
    answers.push(add("b"));
    await expect.poll(() => commits.length).toBe(2);
    for (const { end } of commits) end();
    await Promise.all(answers);
  });

  test("never commits more than its bound at once", async () => {
    const { commits, commit } = heldCommits();
    const add = createGroupCommit({ ...options, commit });
    const answers = Promise.all(["a", "b", "c", "d", "e"].map(add));
    expect(commits.map(({ items }) => items.length)).toEqual([3]);
    await nextTurn();
    commits[0]?.end();
    await expect.poll(() => commits.length).toBe(2);
    commits[1]?.end();
    expect(await answers).toEqual(["a", "b", "c", "d", "e"].map((item) => `done ${item}`));
  });

  test("tells all of a failed commit, and works on", async () => {
    const { commits, commit } = heldCommits();
    const add = createGroupCommit({ ...options, commit });
    const failing = [add("a"), add("b")];
    await nextTurn();
    commits[0]?.end(new Error("away"));
    for (const answer of failing) await expect(answer).rejects.toThrow("away");
    const next = add("c");
    await nextTurn();
    commits[1]?.end();
    expect(await next).toBe("done c");
  });

  test("answers every item once, whatever the bounds and the order", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat({ max: 20 }), fc.boolean())),
        fc.integer({ min: 1, max: 5 }),
        async (arrivals, maxItems) => {
          const add = createGroupCommit<number, number>({
            maxWaitMs: 1,
            maxItems,
            keyOf: String,
            commit: async (items) => {
              await nextTurn();
              return new Map(items.filter((item) => item % 2).map((item) => [`${item}`, item]));
            },
          });
          const answers: Promise<number | null>[] = [];
          for (const [item, pause] of arrivals) {
            answers.push(add(item));
            if (pause) await nextTurn();
          }
          expect(await Promise.all(answers)).toEqual(
            arrivals.map(([item]) => (item % 2 ? item : null)),
          );
        },
      ),
      { numRuns: 30 },
    );
  });
});
