import type { LeaseClaims } from "@latchkey/license-crypto/verify";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isNewer, seenLease } from "./lease-order.ts";
import type { NewestSeen } from "./lease-order.ts";
import { fullJitterMs, heartbeatPauseMs, waitingPauseMs } from "./pauses.ts";
import { advanced, monotonicAt, restartedClock, serverTimeMs } from "./server-clock.ts";

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe("pauses", () => {
  it("puts heartbeats 5 % around 300 s, and always ends the retries inside the lease", () => {
    fc.assert(
      fc.property(random, (dice) => {
        const pause = heartbeatPauseMs(300, 360, dice);
        expect(pause).toBeGreaterThanOrEqual(285_000);
        expect(pause + 45_000).toBeLessThanOrEqual(360_000);
      }),
    );
  });

  it("never lets an unsigned wish outlast the lease, or make heartbeats a flood", () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true }),
        fc.integer({ min: 2, max: 86_400 }),
        random,
        (wish, lease, dice) => {
          const pause = heartbeatPauseMs(wish, lease, dice);
          expect(pause).toBeLessThan(lease * 1000);
          expect(pause).toBeGreaterThanOrEqual(950);
        },
      ),
    );
  });

  it("backs off with full jitter up to a minute", () => {
    expect([1, 2, 3, 4, 9].map((attempt) => fullJitterMs(attempt, 0.5))).toEqual([
      1_000, 2_000, 4_000, 8_000, 30_000,
    ]);
    expect(fullJitterMs(3, 0)).toBe(0);
  });

  it("polls for a seat every 30 to 60 s, or later where the server asks", () => {
    fc.assert(
      fc.property(fc.nat(1000), random, (polls, dice) => {
        const pause = waitingPauseMs(polls, dice, null);
        expect(pause).toBeGreaterThanOrEqual(30_000);
        expect(pause).toBeLessThanOrEqual(60_000);
      }),
    );
    expect(waitingPauseMs(0, 0.5, 200)).toBe(200_000);
    expect(waitingPauseMs(0, 0, 5)).toBe(30_000);
  });
});

describe("the server's clock", () => {
  const now = { monotonicMs: 70_000, wallMs: 1_000_000 };

  it.each([
    ["the wall clock, when it is later", 900_000, 0, 1_000_000],
    ["what was known, when the wall clock was set back", 5_000_000, 0, 5_000_000],
    ["the wall clock less its known error", 900_000, 60_000, 940_000],
    ["what was known, when the correction goes behind it", 990_000, 60_000, 990_000],
  ])("takes up after a restart: %s", (_what, highestServerMs, wallAheadMs, expected) => {
    const clock = restartedClock({ highestServerMs, wallAheadMs }, now);
    expect(serverTimeMs(clock, now)).toBe(expected);
  });

  it("counts by the monotonic clock alone, and never goes back", () => {
    const clock = { serverMs: 50_000, atMonotonicMs: 1_000 };
    const later = { monotonicMs: 61_000, wallMs: -7 };
    expect(serverTimeMs(clock, later)).toBe(110_000);
    expect(serverTimeMs(advanced(clock, 500), later)).toBe(110_500);
    expect(serverTimeMs(advanced(clock, -500), later)).toBe(110_000);
    expect(monotonicAt(clock, 110_000)).toBe(61_000);
  });
});

describe("isNewer", () => {
  const lease = (sid: string, seq: number, iat: number): LeaseClaims => ({
    iss: "i",
    aud: "a",
    sub: "s",
    sid,
    mch: "m",
    fph: "f",
    iat,
    exp: iat + 360,
    graceUntil: iat + 2160,
    seq,
    features: {},
    limits: {},
  });
  const seen = { sessionId: "one", seq: 5, issuedAt: 100 };

  it.each([
    ["the next one of the session", lease("one", 6, 101), true],
    ["the next one, though the server's clock was set back", lease("one", 6, 40), true],
    ["the very same one", lease("one", 5, 100), false],
    ["an older one of the session, re-dated", lease("one", 4, 200), false],
    ["a later session", lease("two", 1, 100), true],
    ["an earlier session", lease("two", 9, 99), false],
    ["a session begun later in the same second", lease("two", 1, 100), true],
    ["a session begun earlier in the same second", lease("not", 9, 100), false],
  ])("judges %s", (_what, candidate, expected) => {
    expect(isNewer(candidate, seen)).toBe(expected);
    expect(isNewer(candidate, null)).toBe(true);
  });

  it("takes no lease twice, in whatever order they are played", () => {
    const issued = fc.record({
      sid: fc.constantFrom("one", "three", "two"),
      iat: fc.integer({ min: 100, max: 103 }),
    });
    fc.assert(
      fc.property(
        // By a server whose clock is right: within a session, `seq` grows with `iat`.
        fc
          .array(issued, { minLength: 2, maxLength: 6 })
          .map((all) =>
            all
              .toSorted((one, other) => one.iat - other.iat)
              .map(({ sid, iat }, seq) => lease(sid, seq + 1, iat)),
          ),
        fc.infiniteStream(fc.nat()),
        (leases, picks) => {
          let seen: NewestSeen | null = null;
          const taken: LeaseClaims[] = [];
          for (const pick of picks.take(40)) {
            const played = leases[pick % leases.length];
            if (played === undefined || !isNewer(played, seen)) continue;
            seen = seenLease(played);
            taken.push(played);
          }
          expect(new Set(taken).size).toBe(taken.length);
        },
      ),
    );
  });
});
