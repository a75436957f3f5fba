import { expect, test } from "vitest";
import { heartbeatsInTurn, heartbeatsPerSession } from "./heartbeats.ts";
import type { Answered } from "./heartbeats.ts";
import type { Work } from "./load.ts";

const answerAll = (work: Work, toLease: (sent: string) => string): string[] =>
  Array.from({ length: work.count }, (_, index) => {
    const body = work.bodyOf(index);
    expect(work.accepts(200, `{"lease":"${toLease(body)}"}`, index)).toBe(true);
    return body;
  });

test("the following heartbeats carry on where the first ones stopped, each with the newest lease", () => {
  const judged: Answered[] = [];
  const beats = heartbeatsInTurn("http://server", ["a", "b"], (answered) => judged.push(answered));
  const grown = (body: string): string => `${/"lease":"(\w+)"/.exec(body)?.[1]}x`;
  const bodies = [...answerAll(beats.first, grown), ...answerAll(beats.following, grown)];
  const leases = bodies.map((body) => /"lease":"(\w+)"/.exec(body)?.[1]);
  const steps = Array.from({ length: 1 + heartbeatsPerSession }, (_, step) => "x".repeat(step));
  expect(leases).toEqual(steps.flatMap((grownBy) => [`a${grownBy}`, `b${grownBy}`]));

  beats.check();
  expect(judged.map(({ session, step }) => [session, step])).toEqual(
    steps.flatMap((_, index) => [0, 1].map((session) => [session, index + 1])),
  );
  for (const [index, { nonce }] of judged.entries()) expect(bodies[index]).toContain(nonce);
  expect(new Set(judged.map(({ nonce }) => nonce)).size).toBe(bodies.length);
});

test("an answer without a lease is none", () => {
  const { first } = heartbeatsInTurn("http://server", ["a"], () => undefined);
  first.bodyOf(0);
  expect(first.accepts(200, "{}", 0)).toBe(false);
  expect(first.accepts(503, '{"lease":"b"}', 0)).toBe(false);
});
