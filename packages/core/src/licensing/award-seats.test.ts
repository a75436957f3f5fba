import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { awardSeats } from "./award-seats.ts";
import type { SeatAwards, SeatClaim, SeatFacts } from "./award-seats.ts";

const acquire = (machineId: string): SeatClaim => ({ machineId, sessionId: null });
const comeBack = (machineId: string, sessionId: string): SeatClaim => ({ machineId, sessionId });
const renewed = (sessionId: string) => ({ kind: "renewed", sessionId });
const opened = { kind: "opened" };
const exhausted = { kind: "exhausted" };

describe("claims that are judged together", () => {
  const full: SeatFacts = { maxSeats: 2, held: 2, holding: new Map([["a", "of-a"]]), expired: [] };
  test.each<[string, Partial<SeatFacts>, SeatClaim[], unknown]>([
    [
      "renew who holds a seat, whoever came first",
      {},
      [acquire("x"), acquire("a")],
      [exhausted, renewed("of-a")],
    ],
    [
      "give what is free in the order in which they asked",
      { held: 1 },
      [acquire("x"), acquire("y"), acquire("a")],
      [opened, exhausted, renewed("of-a")],
    ],
    [
      "give one machine one seat, however often it asks",
      { maxSeats: 9 },
      [acquire("x"), acquire("x"), comeBack("x", "old-x")],
      [opened, opened, { kind: "superseded" }],
    ],
    [
      "let a session that came back be the machine's own",
      { maxSeats: 9 },
      [comeBack("x", "old-x"), acquire("x"), comeBack("x", "older-x")],
      [renewed("old-x"), renewed("old-x"), { kind: "superseded" }],
    ],
    [
      "let no other session of a holder come back",
      {},
      [comeBack("a", "of-a"), comeBack("a", "old-a")],
      [renewed("of-a"), { kind: "superseded" }],
    ],
    [
      "give away no seat where fewer are left than are held",
      { maxSeats: 1 },
      [acquire("x"), acquire("a")],
      [exhausted, renewed("of-a")],
    ],
  ])("%s", (_, facts, claims, awards) => {
    expect(awardSeats({ ...full, ...facts }, claims).awards).toEqual(awards);
  });

  test("end what has expired where seats are short alone, and never a claimant's", () => {
    const facts = { ...full, expired: ["of-a", "of-b"] };
    expect(awardSeats(facts, [acquire("a")]).ended).toEqual([]);
    expect(awardSeats({ ...facts, maxSeats: 3 }, [acquire("x")]).ended).toEqual([]);
    expect(awardSeats(facts, [acquire("x"), acquire("a")])).toEqual({
      awards: [opened, renewed("of-a")],
      ended: ["of-b"],
    });
  });
});

const machine = fc.constantFrom("a", "b", "c", "d", "e", "f", "g");

/** A license that holds no more than its seats, and any claims on it. */
const judged = fc
  .record({
    holders: fc.uniqueArray(machine),
    others: fc.nat({ max: 3 }),
    spare: fc.nat({ max: 3 }),
    expired: fc.array(fc.boolean(), { minLength: 10, maxLength: 10 }),
    claims: fc.array(
      fc.record({
        machineId: machine,
        sessionId: fc.option(fc.constantFrom("1", "2"), { freq: 2 }),
      }),
      { maxLength: 12 },
    ),
  })
  .map(({ holders, others, spare, expired, claims }) => {
    const sessions = [
      ...holders.map((id) => `of-${id}`),
      ...Array.from({ length: others }, (_, index) => `other-${index}`),
    ];
    const facts: SeatFacts = {
      held: sessions.length,
      maxSeats: sessions.length + spare,
      holding: new Map(holders.map((id) => [id, `of-${id}`])),
      expired: sessions.filter((_, index) => expired[index]),
    };
    const named = claims.map(({ machineId, sessionId }) => ({
      machineId,
      sessionId: sessionId === null ? null : `${machineId}-${sessionId}`,
    }));
    return { facts, claims: named };
  });

/** Who holds a seat by which session once all is written; one that is opened is the machine's own. */
const afterwards = (
  { holding, held }: SeatFacts,
  claims: readonly SeatClaim[],
  { awards, ended }: SeatAwards,
) => {
  const gone = new Set(ended);
  const of = new Map([...holding].filter(([, sessionId]) => !gone.has(sessionId)));
  awards.forEach((award, index) => {
    const machineId = claims[index]?.machineId ?? "";
    if (award.kind === "renewed") of.set(machineId, award.sessionId);
    if (award.kind === "opened") of.set(machineId, "new");
  });
  const taken = [...of.keys()].filter((id) => !holding.has(id)).length;
  return { of, held: held - ended.length + taken };
};

describe("whatever is claimed together", () => {
  test("never holds more seats than the license has", () => {
    fc.assert(
      fc.property(judged, ({ facts, claims }) => {
        const { held } = afterwards(facts, claims, awardSeats(facts, claims));
        expect(held).toBeLessThanOrEqual(facts.maxSeats);
      }),
    );
  });

  test("takes no seat from who holds it and asks", () => {
    fc.assert(
      fc.property(judged, ({ facts, claims }) => {
        const { awards } = awardSeats(facts, claims);
        claims.forEach(({ machineId, sessionId }, index) => {
          const own = facts.holding.get(machineId);
          if (own === undefined || (sessionId !== null && sessionId !== own)) return;
          expect(awards[index]).toEqual({ kind: "renewed", sessionId: own });
        });
      }),
    );
  });

  test("keeps the order, and refuses nobody while a seat is free or expired", () => {
    fc.assert(
      fc.property(judged, ({ facts, claims }) => {
        const decided = awardSeats(facts, claims);
        const firstOf = (machineId: string) =>
          claims.findIndex((claim) => claim.machineId === machineId);
        const newcomers = claims.flatMap(({ machineId }, index) =>
          facts.holding.has(machineId) || firstOf(machineId) !== index
            ? []
            : [decided.awards[index]?.kind === "exhausted"],
        );
        expect(newcomers).toEqual(newcomers.toSorted((one, other) => Number(one) - Number(other)));
        if (!newcomers.includes(true)) return;
        expect(afterwards(facts, claims, decided).held).toBe(facts.maxSeats);
        const claimed = new Set(claims.map(({ machineId }) => facts.holding.get(machineId)));
        expect(new Set(decided.ended)).toEqual(
          new Set(facts.expired.filter((sessionId) => !claimed.has(sessionId))),
        );
      }),
    );
  });
});
