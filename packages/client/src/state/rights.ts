import type { Core, HeldFile, HeldLease } from "./model.ts";
import { serverTimeMs } from "./server-clock.ts";
import type { Now } from "./server-clock.ts";
import { timing } from "./timing.ts";

/** The phases in which the app works. */
export const isWorking = ({ phase }: Core): boolean =>
  phase.name === "running" ||
  phase.name === "reconnecting" ||
  phase.name === "offline" ||
  phase.name === "filed";

/** The lease, while the server's time is before the end of its signed grace. */
export const usableLease = (core: Core, at: Now): HeldLease | null =>
  core.lease !== null &&
  core.clock !== null &&
  serverTimeMs(core.clock, at) < core.lease.claims.graceUntil * 1000
    ? core.lease
    : null;

/** The license file, before its end. */
export const usableFile = (core: Core, at: Now): HeldFile | null =>
  core.file !== null &&
  core.clock !== null &&
  serverTimeMs(core.clock, at) < core.file.claims.exp * 1000
    ? core.file
    : null;

/**
 * When the right to run without the server ends, in ms of the server's time; null in phases that
 * have no such end. Offline it is `min(offlineSince + 1800 s, graceUntil)` (design.md section 5).
 */
export const endServerMs = (core: Core): number | null => {
  const { phase, lease, file } = core;
  if (phase.name === "offline" && lease !== null) {
    return Math.min(phase.sinceServerMs + timing.offlineGraceMs, lease.claims.graceUntil * 1000);
  }
  return phase.name === "filed" && file !== null ? file.claims.exp * 1000 : null;
};
