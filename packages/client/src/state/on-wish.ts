/** What the app, its user and the operating system ask for. */
import { abandoned, andThen, called, still, tried, withEffects } from "./calls.ts";
import type { Core, HeldFile, Restored, Step } from "./model.ts";
import { releaseContinued } from "./on-trouble.ts";
import { usableFile } from "./rights.ts";
import { restartedClock, serverTimeMs } from "./server-clock.ts";
import type { Now } from "./server-clock.ts";
import { timing } from "./timing.ts";

/** Takes up what was stored; the server is asked before any of it is used. */
export const onRestored = (core: Core, stored: Restored, at: Now): Step => {
  const signedMs = 1000 * Math.max(stored.newest?.issuedAt ?? 0, stored.lease?.claims.iat ?? 0);
  const known = stored.clock ?? { highestServerMs: 0, wallAheadMs: 0 };
  const clock = restartedClock(
    { ...known, highestServerMs: Math.max(known.highestServerMs, signedMs) },
    at,
  );
  const licensed = stored.key !== null || stored.file !== null;
  const { key, licenseId, lease, file, newest } = stored;
  return still({
    ...core,
    phase: { name: licensed ? "released" : "unlicensed" },
    key,
    licenseId,
    lease,
    file,
    newest,
    clock,
    wallAheadMs: known.wallAheadMs,
  });
};

/** Whether `activate` may begin: never while a seat is held or another call decides. */
export const canActivate = (core: Core): boolean =>
  ["unlicensed", "released", "waiting", "blocked", "lapsed", "acquiring"].includes(core.phase.name);

export const onActivate = (core: Core, key: string, at: Now): Step =>
  canActivate(core)
    ? called(
        { ...core, phase: { name: "activating", key }, problem: null, hurry: false },
        "activate",
        at,
        timing.requestTimeoutMs,
      )
    : still(core);

export const onAcquire = (core: Core, at: Now): Step => {
  const { name } = core.phase;
  if (name === "unlicensed" || name === "released" || name === "filed") {
    if (core.key !== null) {
      return tried({ ...core, phase: { name: "acquiring", attempt: 1 }, problem: null }, at);
    }
    return usableFile(core, at) === null
      ? still(core)
      : still({ ...core, phase: { name: "filed", warned: null }, problem: null });
  }
  return name === "running" || name === "reconnecting" ? still(core) : onTryNow(core, at);
};

/** Asks the server at once, or again at once should the call under way fail. */
export const onTryNow = (core: Core, at: Now): Step => {
  const { name } = core.phase;
  const asks = ["acquiring", "running", "reconnecting", "offline", "lapsed", "waiting", "blocked"];
  if (!asks.includes(name) || core.key === null) return still(core);
  return still(
    core.request === null ? { ...core, nextTryAtMs: at.monotonicMs } : { ...core, hurry: true },
  );
};

/** A network that returns answers no question about seats or licenses: it hurries nobody else. */
export const onNetworkReturned = (core: Core, at: Now): Step =>
  ["acquiring", "reconnecting", "offline", "lapsed"].includes(core.phase.name)
    ? onTryNow(core, at)
    : still(core);

/**
 * Gives the seat back within 2 s. A call under way gets a moment to answer first, since the seat
 * that it may bring would otherwise stay taken until its lease ends.
 */
export const onRelease = (core: Core, at: Now): Step => {
  const { name } = core.phase;
  if (name === "unlicensed" || name === "released" || name === "releasing") return still(core);
  if (name === "activating") {
    const phase = { name: core.key === null ? "unlicensed" : "released" } as const;
    return abandoned({ ...core, phase });
  }
  const releasing: Core = {
    ...core,
    phase: {
      name: "releasing",
      untilMs: at.monotonicMs + timing.releaseWithinMs,
      patienceUntilMs: at.monotonicMs + timing.releasePatienceMs,
    },
    nextTryAtMs: null,
    hurry: false,
    problem: null,
  };
  return core.request === null ? releaseContinued(releasing, at) : still(releasing);
};

/** The call under way did not answer in time for the release: tell the server of what we hold. */
export const releaseChecked = (core: Core, at: Now): Step => {
  const { phase, request } = core;
  if (phase.name !== "releasing" || request?.call === "release") return still(core);
  return at.monotonicMs >= phase.patienceUntilMs
    ? andThen(abandoned(core), (free) => releaseContinued(free, at))
    : still(core);
};

/** A checked license file: it takes over wherever no lease is in use, and waits otherwise. */
export const onFileImported = (core: Core, file: HeldFile, at: Now): Step => {
  const nowMs = core.clock === null ? at.wallMs : serverTimeMs(core.clock, at);
  const serverMs = Math.max(nowMs, file.claims.iat * 1000);
  const stored: Core = { ...core, file, clock: { serverMs, atMonotonicMs: at.monotonicMs } };
  const busy = ["running", "reconnecting", "activating", "releasing"].includes(core.phase.name);
  if (busy || usableFile(stored, at) === null) {
    return withEffects(still(stored), { type: "persist" });
  }
  const step = abandoned({
    ...stored,
    phase: { name: "filed", warned: null },
    nextTryAtMs: null,
    problem: null,
    hurry: false,
  });
  return withEffects(step, { type: "persist" });
};
