import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { licenseId, makeSigner, playToEnd } from "../test/model-house.ts";
import type { Keys, Step } from "../test/model-house.ts";
import { anyStep, at } from "../test/steps.ts";
import { judge } from "./judge.ts";
import type { FleetLedger } from "./ledger.ts";

let keys: Keys;
beforeAll(async () => {
  keys = await makeSigner();
});

const kinds = (ledger: FleetLedger) => [
  ...new Set(judge(ledger).violations.map(({ kind }) => kind)),
];

describe("a machine that was told that nobody knows", () => {
  /** Machine 0's acquire is answered so, and one of two seats stays taken when all have quit. */
  const answered = (code: string): FleetLedger => {
    const steps = [at(0, "acquire"), at(0, "release")];
    const { ledger } = playToEnd(keys, { steps, machines: 6, maxSeats: 2, ends: true });
    const calls = ledger.calls.flatMap((call) => {
      if (call.machine !== 0) return [call];
      if (call.call !== "acquire") return [];
      return [{ ...call, outcome: "refused" as const, token: null, code, usedSeats: null }];
    });
    const probes = ledger.probes.map((probe) => ({ ...probe, granted: 1, refused: 1 }));
    return { ...ledger, calls, probes };
  };

  test.each(["UNAVAILABLE", "INTERNAL", "HTTP 502"])(
    "may hold the seat that stayed taken, by %s",
    (code) => {
      const { ok, unproved, figures, line } = judge(answered(code));
      expect(ok).toBe(true);
      expect(unproved).toEqual([
        `License ${licenseId}: 1 of 2 seats may be held by machines of the fleet that got no sure answer; releases are proved up to 1 seat.`,
      ]);
      expect(figures).toMatchObject({ perhapsHeld: 1, stayedTaken: 0, probed: 0, unprobed: 0 });
      expect(line).toContain("nothing acknowledged was provably lost");
      expect(line).toContain("1 seat may be held by machines of the fleet");
    },
  );

  test("leaves a license unprobed whose fresh machines were not answered themselves", () => {
    const ledger = answered("UNAVAILABLE");
    const probes = ledger.probes.map((probe) => ({ ...probe, refused: 0 }));
    expect(judge({ ...ledger, probes })).toMatchObject({
      ok: true,
      unproved: [],
      figures: { perhapsHeld: 0, probed: 0, unprobed: 1 },
      line: expect.stringContaining("nothing acknowledged was provably lost"),
    });
  });

  test("leaves it so beside what those that were answered have proved", () => {
    const steps = [at(0, "acquire"), at(0, "release")];
    const { ledger } = playToEnd(keys, { steps, machines: 6, maxSeats: 3, ends: true });
    const probes = ledger.probes.map((probe) => ({ ...probe, granted: 1, refused: 1 }));
    const { violations, figures, line } = judge({ ...ledger, probes });
    expect(violations.map(({ kind }) => kind)).toEqual(["lost_release"]);
    expect(figures).toMatchObject({ probed: 0, unprobed: 1 });
    expect(line).toContain("the seats of 1 license went unprobed, or in part");
  });

  test("holds none by an answer that grants nothing for sure", () => {
    expect(kinds(answered("RATE_LIMITED"))).toEqual(["lost_release"]);
  });
});

describe("seats that somebody outside the fleet holds", () => {
  const [outsider, other] = [at(5, "acquire"), at(4, "acquire")];
  const playEnd = (maxSeats: number, steps: readonly Step[], forgets?: number) =>
    playToEnd(keys, {
      steps,
      machines: 6,
      maxSeats,
      outsiders: 2,
      ends: true,
      ...(forgets !== undefined && { forgets }),
    }).ledger;

  test("leave the others proved, and the verdict says so", () => {
    const { ok, unproved, figures, line } = judge(playEnd(3, [outsider, at(0, "acquire")]));
    expect(ok).toBe(true);
    expect(unproved).toEqual([
      `License ${licenseId}: 1 of 3 seats is held by somebody outside the fleet; releases are proved up to 2 seats, and leases of others are not seen.`,
    ]);
    expect(figures).toMatchObject({ stayedTaken: 1, knownOfOthers: 1, probed: 0, unprobed: 0 });
    expect(line).toContain("1 seat is held by somebody outside the fleet");
  });

  test("leave no others proved beside one that a machine may hold unawares", () => {
    const { calls, probes, ...rest } = playEnd(4, [outsider, at(0, "acquire"), at(1, "acquire")]);
    const unsure = {
      outcome: "refused",
      token: null,
      code: "UNAVAILABLE",
      usedSeats: null,
    } as const;
    const { ok, figures, line } = judge({
      ...rest,
      calls: calls.flatMap((call) => {
        if (call.machine !== 0) return [call];
        return call.call === "acquire" ? [{ ...call, ...unsure }] : [];
      }),
      probes: probes.map((probe) => ({ ...probe, granted: 2, refused: 2 })),
    });
    expect(ok).toBe(true);
    expect(figures).toMatchObject({ perhapsHeld: 1, stayedTaken: 1, knownOfOthers: 1 });
    expect(line).toContain("1 seat is held by somebody outside the fleet; 1 seat may be held");
  });

  test("cannot be told from a lost release where they were not held when the fleet asked", () => {
    const early = [at(0, "acquire"), at(0, "release"), at(1, "acquire")];
    const { ok, unproved, figures, line } = judge(playEnd(3, [...early, outsider, other]));
    expect(ok).toBe(true);
    expect(unproved[0]).toContain("2 of 3 seats stayed taken, by somebody outside the fleet or");
    expect(unproved[0]).toContain("releases are proved up to 1 seat,");
    expect(figures).toMatchObject({ stayedTaken: 2, knownOfOthers: 0 });
    expect(line).toContain("nothing acknowledged was provably lost");
  });

  test("are told also when they are free again at the end", () => {
    const { ok, unproved, figures } = judge(
      playEnd(2, [outsider, at(0, "acquire"), at(5, "release")]),
    );
    expect({ ok, probed: figures.probed }).toEqual({ ok: true, probed: 1 });
    expect(unproved).toEqual([
      `License ${licenseId}: 1 seat of 2 was held by somebody outside the fleet for a while; leases of others are not seen.`,
    ]);
  });

  test("are no lost releases of a license that nobody else uses now, as an earlier fleet's", () => {
    const ledger = playEnd(3, [outsider, at(0, "acquire")]);
    const alone = { ...ledger, licenses: [{ licenseId, maxSeats: 3, shared: false }] };
    expect(judge(alone)).toMatchObject({ ok: true, figures: { stayedTaken: 1, unprobed: 0 } });
    const early = playEnd(3, [at(0, "acquire"), at(0, "release"), at(1, "acquire"), outsider]);
    expect(judge({ ...early, licenses: alone.licenses })).toMatchObject({
      ok: false,
      violations: [{ kind: "lost_release" }],
      figures: { probed: 0, unprobed: 0 },
    });
  });

  test("hide no lost release whose session the server still renews", () => {
    const ledger = playEnd(3, [outsider, at(0, "acquire"), at(0, "release")], 0);
    expect(kinds(ledger)).toEqual(["lost_release"]);
    expect(judge(ledger).line).toMatch(/^VIOLATED: 1 release lost; /);
  });

  test("hide none that lives, whatever they and the network did", () => {
    let found = 0;
    fc.assert(
      fc.property(
        fc.array(anyStep, { minLength: 10, maxLength: 60 }),
        fc.integer({ min: 2, max: 4 }),
        fc.integer({ min: 0, max: 3 }),
        fc.nat(3),
        (steps, maxSeats, outsiders, forgets) => {
          const play = { steps, machines: 6, maxSeats, outsiders, forgets, ends: true };
          const { ledger, forgotten } = playToEnd(keys, play);
          if (!forgotten) return;
          found += 1;
          expect(kinds(ledger)).toContain("lost_release");
        },
      ),
      { numRuns: 60 },
    );
    expect(found).toBeGreaterThan(10);
  });
});
