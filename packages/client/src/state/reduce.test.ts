import type { LeaseClaims, RefusalClaims } from "@latchkey/license-crypto/verify";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { networkError } from "../latchkey-error.ts";
import type { Refusal } from "../latchkey-error.ts";
import { viewOf } from "../latchkey-state.ts";
import type { Core, Effect, Happening } from "./model.ts";
import { initialCore, reduce } from "./reduce.ts";

const startMs = Date.UTC(2026, 10, 20, 12);
const fph = "f".repeat(43);

const claimsAt = (seconds: number, seq: number): LeaseClaims => ({
  iss: "https://license.test",
  aud: "product",
  sub: "license",
  sid: "session",
  mch: "machine",
  fph,
  iat: seconds,
  exp: seconds + 360,
  graceUntil: seconds + 2160,
  seq,
  features: {},
  limits: {},
});

const refusalOf = (code: Refusal["code"], validationCode: string | null): Refusal => ({
  code,
  detail: "No.",
  signed: true,
  requestId: null,
  validationCode,
  maxSeats: 1,
  usedSeats: 1,
  holders: [],
  retryAfterSeconds: null,
});

type Step =
  | { readonly do: "wait"; readonly ms: number; readonly wallMs: number }
  | { readonly do: "timer" }
  | {
      readonly do: "wish";
      readonly type: "acquire" | "release" | "tryNow" | "networkReturned" | "activate";
    }
  | {
      readonly do: "answer";
      readonly how: "yes" | "trouble" | "unsigned" | "full" | "suspended" | "ended" | "late";
    };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant("wait" as const),
    ms: fc.integer({ min: 0, max: 700_000 }),
    wallMs: fc.integer({ min: -900_000, max: 900_000 }),
  }),
  fc.constant({ do: "timer" } as const),
  fc.record({
    do: fc.constant("wish" as const),
    type: fc.constantFrom("acquire", "release", "tryNow", "networkReturned", "activate"),
  }),
  fc.record({
    do: fc.constant("answer" as const),
    how: fc.constantFrom("yes", "trouble", "unsigned", "full", "suspended", "ended", "late"),
  }),
);

/** Runs the machine alone: calls are only noted, and answered when a step says so. */
const createDriver = () => {
  let now = { monotonicMs: 1_000, wallMs: startMs };
  let core = initialCore(now);
  let seq = 0;
  let timerAt: number | null = null;
  const open = new Map<number, string>();
  const log: Effect[] = [];

  const dispatch = (happening: Happening): void => {
    const step = reduce(core, { ...happening, at: now, random: 0.5 });
    core = step.core;
    for (const effect of step.effects) {
      log.push(effect);
      if (effect.type === "call") open.set(effect.id, effect.call);
      if (effect.type === "abandon") open.delete(effect.id);
      if (effect.type === "setTimer") timerAt = effect.atMonotonicMs;
    }
  };

  const serverSeconds = () => Math.floor((startMs + now.monotonicMs) / 1000);
  const signedNo = (code: string): RefusalClaims => ({
    iss: "https://license.test",
    aud: "product",
    sub: "license",
    fph,
    iat: serverSeconds(),
    code,
    detail: "No.",
  });

  const answer = (how: Extract<Step, { do: "answer" }>["how"]): void => {
    const [id, call] = [...open.entries()][0] ?? [0, "none"];
    if (how === "late") {
      dispatch({ type: "failed", id: id - 1, error: networkError("timeout", "Late.") });
      return;
    }
    if (!open.delete(id)) return;
    if (how === "trouble")
      dispatch({ type: "failed", id, error: networkError("unreachable", "-") });
    else if (how === "unsigned") {
      const refusal = refusalOf("LICENSE_NOT_USABLE", "SUSPENDED");
      dispatch({ type: "refused", id, refusal, signed: null });
    } else if (how !== "yes") {
      const code = { full: "SEATS_EXHAUSTED", suspended: "SUSPENDED", ended: "SESSION_ENDED" }[how];
      const refusal = refusalOf("LICENSE_NOT_USABLE", code);
      dispatch({ type: "refused", id, refusal, signed: signedNo(code) });
    } else if (call === "activate") dispatch({ type: "activated", id, licenseId: "license" });
    else if (call === "release") dispatch({ type: "releaseDone", id });
    else {
      const claims = claimsAt(serverSeconds(), (seq += 1));
      const lease = { token: `lease-${seq}`, claims };
      dispatch({ type: "granted", id, lease, seats: { used: 1, max: 1 }, heartbeatSeconds: 300 });
    }
  };

  return {
    dispatch,
    answer,
    log,
    core: (): Core => core,
    now: () => now,
    open,
    timerAt: () => timerAt,
    wait: (ms: number, wallMs = 0): void => {
      now = { monotonicMs: now.monotonicMs + ms, wallMs: now.wallMs + ms + wallMs };
    },
    activated: (): void => {
      dispatch({ type: "activate", key: "LATCH" });
      answer("yes");
      answer("yes");
    },
  };
};

describe("reduce", () => {
  it("keeps its promises whatever happens in whatever order", () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
        const driver = createDriver();
        for (const step of steps) {
          const before = driver.core();
          if (step.do === "wait") driver.wait(step.ms, step.wallMs);
          else if (step.do === "answer") driver.answer(step.how);
          else if (step.do === "timer") {
            const dueMs = driver.timerAt();
            if (dueMs !== null) driver.wait(Math.max(0, dueMs - driver.now().monotonicMs));
            driver.dispatch({ type: "timer" });
            // A timer that asked for its own moment again would never let time go on.
            const again = driver.timerAt() ?? Infinity;
            expect(again).toBeGreaterThan(driver.now().monotonicMs);
          } else if (step.type === "activate") driver.dispatch({ type: "activate", key: "LATCH" });
          else driver.dispatch({ type: step.type });

          const core = driver.core();
          expect(driver.open.size).toBeLessThanOrEqual(1);
          expect(core.request?.id ?? null).toBe([...driver.open.keys()][0] ?? null);
          const { mayRun } = viewOf(core, driver.now());
          expect(mayRun && core.lease === null).toBe(false);
          const lost = before.lease !== null && core.lease === null;
          const signedNo = step.do === "answer" && ["full", "suspended", "yes"].includes(step.how);
          expect(lost && !signedNo).toBe(false);
          const older =
            (core.lease?.claims.seq ?? Infinity) < (before.lease?.claims.seq ?? -Infinity);
          expect(older).toBe(false);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ["a suspended license", "suspended", { name: "blocked", validationCode: "SUSPENDED" }],
    ["a full license", "full", { name: "waiting", maxSeats: 1 }],
    ["trouble", "trouble", { name: "reconnecting" }],
    ["an unsigned no", "unsigned", { name: "reconnecting" }],
    ["an ended session", "ended", { name: "reconnecting" }],
    ["a new lease", "yes", { name: "running" }],
  ] as const)("answers %s to a heartbeat with the state that fits", (_what, how, expected) => {
    const driver = createDriver();
    driver.activated();
    driver.wait(300_000);
    driver.dispatch({ type: "timer" });
    expect([...driver.open.values()]).toEqual(["heartbeat"]);
    driver.answer(how);
    expect(viewOf(driver.core(), driver.now())).toMatchObject(expected);
  });

  it("ignores the answer of a call that it gave up", () => {
    const driver = createDriver();
    driver.activated();
    driver.wait(300_000);
    driver.dispatch({ type: "timer" });
    const before = driver.core();
    driver.answer("late");
    expect(driver.core()).toEqual({ ...before, last: driver.now() });
  });

  it("asks at once again when the network returned during a call that failed", () => {
    const driver = createDriver();
    driver.activated();
    driver.wait(300_000);
    driver.dispatch({ type: "timer" });
    while (driver.core().phase.name !== "offline") {
      driver.answer("trouble");
      driver.wait(10_000);
      driver.dispatch({ type: "timer" });
    }
    driver.dispatch({ type: "tryNow" });
    driver.dispatch({ type: "networkReturned" });
    driver.answer("trouble");
    expect(driver.open.size).toBe(1);
    driver.answer("trouble");
    expect(driver.open.size).toBe(0);
  });

  it("takes no lease of another license than the activated one", () => {
    const driver = createDriver();
    driver.dispatch({ type: "activate", key: "LATCH" });
    driver.answer("yes");
    const [id = 0] = driver.open.keys();
    const claims = { ...claimsAt(Math.floor(startMs / 1000), 1), sub: "another" };
    driver.dispatch({
      type: "granted",
      id,
      lease: { token: "lease", claims },
      seats: { used: 1, max: 1 },
      heartbeatSeconds: 300,
    });
    expect(driver.core()).toMatchObject({ lease: null, phase: { name: "acquiring" } });
  });

  it.each([
    ["this license", {}, true],
    ["another license", { sub: "another" }, false],
    ["an earlier hour", { iat: Math.floor(startMs / 1000) - 3_600 }, false],
  ])("with no lease in hand, believes a signed no about %s: %j", (_what, changes, believed) => {
    const driver = createDriver();
    driver.activated();
    driver.dispatch({ type: "release" });
    driver.answer("yes");
    driver.dispatch({ type: "acquire" });
    const [id = 0] = driver.open.keys();
    driver.dispatch({
      type: "refused",
      id,
      refusal: refusalOf("LICENSE_NOT_USABLE", "SUSPENDED"),
      signed: {
        iss: "https://license.test",
        aud: "product",
        sub: "license",
        fph,
        iat: Math.floor(startMs / 1000) + 60,
        code: "SUSPENDED",
        detail: "No.",
        ...changes,
      },
    });
    expect(driver.core().phase).toMatchObject({ name: "blocked", refusal: { signed: believed } });
  });
});
