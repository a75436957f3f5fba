import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { licenseId, makeSigner, playHouse } from "../test/model-house.ts";
import type { Keys, Step } from "../test/model-house.ts";
import { anyStep, at } from "../test/steps.ts";
import { judge } from "./judge.ts";
import type { FleetLedger, LedgerCall } from "./ledger.ts";

let keys: Keys;
let stranger: Keys;
beforeAll(async () => {
  [keys, stranger] = await Promise.all([makeSigner(), makeSigner()]);
});

const kinds = (ledger: FleetLedger) => [
  ...new Set(judge(ledger).violations.map(({ kind }) => kind)),
];
const play = (maxSeats: number, steps: readonly Step[], by = keys) =>
  playHouse(by, { steps, machines: 6, maxSeats });
const withCalls = (ledger: FleetLedger, change: (call: LedgerCall) => LedgerCall | null) => ({
  ...ledger,
  calls: ledger.calls.map(change).filter((call) => call !== null),
});

describe("an honest server", () => {
  test("is never accused, whatever its network loses, delays and brings too late", () => {
    fc.assert(
      fc.property(
        fc.array(anyStep, { maxLength: 120 }),
        fc.integer({ min: 1, max: 4 }),
        (steps, maxSeats) => {
          expect(judge(play(maxSeats, steps)).violations).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("is never accused either when its fleet ends, and outsiders came and went meanwhile", () => {
    fc.assert(
      fc.property(
        fc.array(anyStep, { maxLength: 60 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 3 }),
        (steps, maxSeats, outsiders) => {
          const ledger = playHouse(keys, { steps, machines: 6, maxSeats, outsiders, ends: true });
          expect(judge(ledger).violations).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("is not accused of the seat of a fresh machine that its answer did not reach", () => {
    const fresh = [
      at(1, "acquire"),
      at(2, "acquire", 1_000, { answerLost: true }),
      at(3, "acquire"),
    ];
    const ledger = play(3, [at(0, "acquire"), ...fresh]);
    const probes = [{ licenseId, fromMs: 2_500, granted: 1, refused: 1 }];
    expect(judge({ ...ledger, probes }).violations).toEqual([]);
  });

  test("is told how full its fullest license was", () => {
    const ledger = play(2, [at(0, "acquire"), at(1, "acquire"), at(2, "acquire")]);
    expect(judge(ledger)).toMatchObject({
      ok: true,
      figures: { leasesVerified: 2, refusalsVerified: 1, fullest: { held: 2, maxSeats: 2 } },
      line: expect.stringContaining(
        "UPHELD: 2 leases and 1 refusal of 6 machines on 1 license verified",
      ),
    });
  });
});

describe("a server is found guilty", () => {
  const believedToHave = (ledger: FleetLedger, maxSeats: number) => ({
    ...ledger,
    licenses: [{ licenseId, maxSeats, shared: false }],
  });

  test("of a seat too many", () => {
    const ledger = play(3, [at(0, "acquire"), at(1, "acquire"), at(2, "acquire")]);
    const [violation] = judge(believedToHave(ledger, 2)).violations;
    expect(violation).toMatchObject({ kind: "too_many_seats", licenseId, atMs: 4_050 });
    expect(violation?.leases.map(({ machine }) => machine)).toEqual([0, 1, 2]);
  });

  test("of a seat too many whenever its histories hold one for longer than a network blurs", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.nat(300), (maxSeats, latencyMs) => {
        const quick = { outMs: latencyMs, backMs: latencyMs };
        const steps = Array.from({ length: maxSeats + 1 }, (_, machine) =>
          at(machine, "acquire", 700, quick),
        );
        const ledger = play(maxSeats + 1, steps);
        expect(kinds(believedToHave(ledger, maxSeats))).toEqual(["too_many_seats"]);
        expect(kinds(ledger)).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  test("of giving away the seat of a machine that crashed, while its lease lives", () => {
    const honest = play(1, [at(0, "acquire"), at(1, "acquire", 365_000)]);
    expect(kinds(honest)).toEqual([]);
    // The same grant, moved to where the first lease had 5 s left.
    const early = withCalls(honest, (call) =>
      call.machine === 1
        ? {
            ...call,
            sentAtMs: call.sentAtMs - 10_000,
            answeredAtMs: (call.answeredAtMs ?? 0) - 10_000,
          }
        : call,
    );
    expect(kinds(early)).toEqual(["too_many_seats"]);
  });

  test("of bringing a released session back to life", () => {
    const ledger = play(1, [at(0, "acquire"), at(0, "heartbeat"), at(0, "release")]);
    const [, heartbeat] = ledger.calls;
    const late = heartbeat && { ...heartbeat, sentAtMs: 9_000, answeredAtMs: 9_050 };
    expect(kinds({ ...ledger, calls: [...ledger.calls, ...(late ? [late] : [])] })).toContain(
      "lost_release",
    );
  });

  test("of bringing a released session back under another name", () => {
    const ledger = play(1, [at(0, "acquire"), at(0, "release")]);
    const [acquire] = ledger.calls;
    const revivals = play(2, [at(1, "acquire"), at(0, "acquire")])
      .calls.filter(({ machine }) => machine === 0)
      .map((call) => ({ ...call, call: "recheck" as const, presented: acquire?.token ?? null }))
      .map((call) => ({ ...call, sentAtMs: 9_000, answeredAtMs: 9_050 }));
    expect(kinds({ ...ledger, calls: [...ledger.calls, ...revivals] })).toEqual(["lost_release"]);
  });

  test("of keeping a released seat from the fresh machines at the end", () => {
    const ledger = play(2, [at(0, "acquire"), at(0, "release")]);
    const probe = { licenseId, fromMs: 10_000 };
    const probed = (granted: number, refused: number) =>
      kinds({ ...ledger, probes: [{ ...probe, granted, refused }] });
    expect(probed(2, 0)).toEqual([]);
    expect(probed(1, 1)).toEqual(["lost_release"]);
    expect(probed(1, 0)).toEqual([]);
  });

  test("of calling a lease invalid that it has granted", () => {
    const ledger = play(1, [at(0, "acquire"), at(0, "heartbeat")]);
    const unknown = withCalls(ledger, (call) =>
      call.call === "heartbeat"
        ? { ...call, outcome: "refused", code: "LEASE_INVALID", token: null }
        : call,
    );
    expect(kinds(unknown)).toEqual(["lost_acquire"]);
  });

  test("of refusing a seat to the machine that holds it", () => {
    const full = play(1, [at(0, "acquire"), at(1, "acquire")]);
    const refusal = full.calls.find(({ outcome }) => outcome === "refused");
    expect(kinds(full)).toEqual([]);
    // Machine 1 holds the seat here, and hears the same signed no.
    const other = play(1, [at(1, "acquire")]);
    const calls = [
      ...other.calls,
      ...(refusal ? [{ ...refusal, sentAtMs: 8_000, answeredAtMs: 8_050 }] : []),
    ];
    expect(kinds({ ...other, calls })).toEqual(["lost_acquire"]);
  });

  test("of giving a machine another session while it holds one", () => {
    const first = play(2, [at(0, "acquire")]);
    const second = play(2, [at(1, "acquire"), at(0, "acquire", 5_000)]);
    const calls = [...first.calls, ...second.calls.filter(({ machine }) => machine === 0)];
    expect(kinds({ ...first, calls })).toEqual(["lost_acquire"]);
  });

  test("of a lease that is not newer than the one before", () => {
    const ledger = play(1, [at(0, "acquire"), at(0, "heartbeat")]);
    const [first] = ledger.calls;
    const replayed = withCalls(ledger, (call) =>
      call.call === "heartbeat" ? { ...call, token: first?.token ?? null } : call,
    );
    expect(kinds(replayed)).toEqual(["seq_went_back"]);
  });

  test("of signing with another key", () => {
    const ledger = play(1, [at(0, "acquire"), at(1, "acquire")], stranger);
    const { violations } = judge({ ...ledger, publicKeys: keys.publicKeys });
    expect(violations.map(({ kind }) => kind)).toEqual([
      "unsigned_or_forged",
      "unsigned_or_forged",
    ]);
  });

  test("of an answer to another call", () => {
    const ledger = play(1, [at(0, "acquire")]);
    const asked = withCalls(ledger, (call) => ({ ...call, nonce: "another-call-asked-so" }));
    expect(kinds(asked)).toEqual(["unsigned_or_forged"]);
  });

  test("of any byte that is not as it was signed", () => {
    const ledger = play(1, [at(0, "acquire")]);
    const token = ledger.calls[0]?.token ?? "";
    fc.assert(
      fc.property(
        fc.nat(token.length - 1),
        fc.constantFrom("A", "b", "7", "_"),
        (place, letter) => {
          fc.pre(token[place] !== letter);
          const tampered = `${token.slice(0, place)}${letter}${token.slice(place + 1)}`;
          expect(kinds(withCalls(ledger, (call) => ({ ...call, token: tampered })))).toEqual([
            "unsigned_or_forged",
          ]);
        },
      ),
      { numRuns: 40 },
    );
  });

  test("of a no without a signature, and of a lease for another machine", () => {
    const ledger = play(1, [at(0, "acquire"), at(1, "acquire")]);
    const unsigned = withCalls(ledger, (call) => ({
      ...call,
      token: call.outcome === "refused" ? null : call.token,
    }));
    expect(kinds(unsigned)).toEqual(["unsigned_or_forged"]);
    const swapped = withCalls(ledger, (call) =>
      call.machine === 0 ? { ...call, machine: 2 } : null,
    );
    expect(kinds(swapped)).toEqual(["unsigned_or_forged"]);
  });
});

describe("an app that had to stop", () => {
  const lapsedAfter = (
    cutSeconds: readonly (readonly [number, number])[],
    lapseSeconds: number,
  ) => {
    const ledger = play(1, [at(0, "acquire")]);
    const wall = (seconds: number) => 2_050 + seconds * 1000;
    return {
      ...ledger,
      lapses: [{ machine: 0, atMs: wall(lapseSeconds), wallMs: wall(lapseSeconds) }],
      absences: cutSeconds.map(([from, to]) => ({
        machine: 0,
        cause: "server" as const,
        fromMs: wall(from),
        fromWallMs: wall(from),
        toMs: wall(to),
        toWallMs: wall(to),
      })),
    };
  };

  test.each([
    ["had no fault at all", [], 2_100, ["lapsed"]],
    ["was cut off for less than its grace", [[200, 1_900]], 2_100, ["lapsed"]],
    ["was cut off for its whole grace", [[200, 2_001]], 2_001, []],
    ["was cut off before its last lease only", [[-5_000, -10]], 2_000, ["lapsed"]],
    [
      "had no time to ask between two faults",
      [
        [200, 1_100],
        [1_300, 2_010],
      ],
      2_010,
      [],
    ],
    [
      "had time to ask between two faults",
      [
        [200, 1_100],
        [1_500, 2_400],
      ],
      2_400,
      ["lapsed"],
    ],
  ] as const)("and %s", (_title, cuts, lapse, found) => {
    expect(kinds(lapsedAfter(cuts, lapse))).toEqual(found);
  });

  test("is excused by a server that answers nobody, where silences are to be seen", () => {
    const ledger = lapsedAfter([], 2_100);
    const failed: LedgerCall = {
      machine: 0,
      call: "heartbeat",
      sentAtMs: 302_050,
      answeredAtMs: null,
      outcome: "failed",
      token: null,
      code: "ECONNREFUSED",
      usedSeats: null,
      presented: null,
      nonce: null,
    };
    const silent = { ...ledger, calls: [...ledger.calls, failed], serverFaults: "seen" as const };
    expect(kinds(silent)).toEqual([]);
    const others = play(1, [at(0, "acquire"), at(0, "heartbeat", 1_200_000)]);
    const answered = others.calls.filter(({ call }) => call === "heartbeat");
    expect(
      kinds({
        ...silent,
        calls: [
          ...silent.calls,
          ...answered.map((call) => ({ ...call, machine: 1, outcome: "released" as const })),
        ],
      }),
    ).toEqual(["lapsed"]);
  });
});
