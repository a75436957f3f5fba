/** The server's answers. A yes is a signed lease; a no takes a usable lease away only if signed. */
import { refusalEndsLease } from "@latchkey/license-crypto/verify";
import type { RefusalClaims } from "@latchkey/license-crypto/verify";
import { networkError } from "../latchkey-error.ts";
import type { Refusal } from "../latchkey-error.ts";
import { called, still, withEffects } from "./calls.ts";
import { isNewer, seenLease, seenRefusal } from "./lease-order.ts";
import type { Core, Happening, Step } from "./model.ts";
import { onTrouble, reacquired, releaseContinued } from "./on-trouble.ts";
import { heartbeatPauseMs, spreadMs, waitingPauseMs } from "./pauses.ts";
import { usableLease } from "./rights.ts";
import type { Now } from "./server-clock.ts";
import { timing } from "./timing.ts";

type Request = NonNullable<Core["request"]>;
type Granted = Extract<Happening, { type: "granted" }>;

/** The server accepted key and machine; the seat is asked for next. */
export const onActivated = (core: Core, licenseId: string, at: Now): Step => {
  if (core.phase.name !== "activating") return still(core);
  const sameLicense = core.licenseId === licenseId;
  const step = called(
    {
      ...core,
      phase: { name: "acquiring", attempt: 1 },
      key: core.phase.key,
      licenseId,
      lease: sameLicense ? core.lease : null,
      problem: null,
    },
    "acquire",
    at,
    timing.requestTimeoutMs,
  );
  return withEffects(step, { type: "persist" });
};

/** A verified lease came; one that is not newer than all before it is a replay. */
export const onGranted = (
  core: Core,
  request: Request,
  { lease, seats, heartbeatSeconds }: Granted,
  at: Now,
  random: number,
): Step => {
  const { claims } = lease;
  const ours = core.licenseId === null || core.licenseId === claims.sub;
  if (!ours || !isNewer(claims, core.newest)) {
    const error = networkError("not_trusted", "The lease is an old one or another license's.");
    return onTrouble(core, request, error, at, random);
  }
  const held: Core = {
    ...core,
    lease,
    seats,
    licenseId: claims.sub,
    newest: seenLease(claims),
    clock: { serverMs: claims.iat * 1000, atMonotonicMs: at.monotonicMs },
    wallAheadMs: Math.max(0, at.wallMs - claims.iat * 1000),
    suspectedSleepMs: 0,
    hurry: false,
    problem: null,
  };
  if (core.phase.name === "releasing") return releaseContinued(held, at);
  const pauseMs = heartbeatPauseMs(heartbeatSeconds, claims.exp - claims.iat, random);
  return {
    // Counted from the sending: the lease may have been signed as early as that.
    core: { ...held, phase: { name: "running" }, nextTryAtMs: request.sentAtMs + pauseMs },
    effects: [{ type: "persist" }],
  };
};

/** Whether a verified refusal is about this license and machine, and newer than what we hold. */
const counts = (core: Core, signed: RefusalClaims): boolean =>
  core.lease !== null
    ? refusalEndsLease(signed, core.lease.claims)
    : (core.licenseId === null || signed.sub === core.licenseId) &&
      signed.iat >= (core.newest?.issuedAt ?? 0);

/** `code` is SEATS_EXHAUSTED or another validation code. */
const refusedWith = (core: Core, code: string, refusal: Refusal, at: Now, random: number): Step => {
  const polls = core.phase.name === "waiting" ? core.phase.polls + 1 : 0;
  const base: Core = { ...core, problem: refusal, hurry: false };
  if (code === "SEATS_EXHAUSTED") {
    const pauseMs = waitingPauseMs(polls, random, refusal.retryAfterSeconds);
    const phase = { name: "waiting", polls, refusal } as const;
    return still({ ...base, phase, nextTryAtMs: at.monotonicMs + pauseMs });
  }
  // An unsigned no may be anybody's, so it is doubted sooner.
  const pauseMs = refusal.signed ? timing.blockedRetryMs : timing.offlineRetryMs;
  const phase = { name: "blocked", validationCode: code, refusal } as const;
  return still({ ...base, phase, nextTryAtMs: at.monotonicMs + spreadMs(pauseMs, random) });
};

/** What an unsigned refusal of the seat says of the license; null when it says nothing. */
const unsignedCode = ({ code, validationCode }: Refusal): string | null => {
  if (code === "SEATS_EXHAUSTED") return code;
  return code === "LICENSE_NOT_USABLE" ? validationCode : null;
};

/** The server, or somebody in its place, said no. */
export const onRefused = (
  core: Core,
  request: Request,
  { refusal, signed }: Extract<Happening, { type: "refused" }>,
  at: Now,
  random: number,
): Step => {
  const { phase } = core;
  if (phase.name === "activating") {
    const name = core.key === null ? "unlicensed" : "released";
    return still({ ...core, phase: { name }, problem: refusal });
  }
  if (phase.name === "releasing") return onTrouble(core, request, asTrouble(refusal), at, random);

  if (signed !== null && counts(core, signed)) {
    const seen: Core = { ...core, newest: seenRefusal(core.newest, signed) };
    if (signed.code === "SESSION_ENDED") {
      // The lease stays in hand until the server has answered the next question: should it fall
      // silent in between, the grace that it signed still holds.
      return request.call === "heartbeat"
        ? withEffects(reacquired(seen, at), { type: "persist" })
        : onTrouble(seen, request, asTrouble(refusal), at, random);
    }
    const step = refusedWith({ ...seen, lease: null }, signed.code, refusal, at, random);
    return withEffects(step, { type: "persist" });
  }

  const unsigned: Refusal = { ...refusal, signed: false };
  if (usableLease(core, at) !== null) {
    const futile = refusal.code === "LEASE_INVALID" || refusal.code === "LEASE_EXPIRED";
    const error = asTrouble(unsigned);
    return request.call === "heartbeat" && futile
      ? reacquired({ ...core, problem: error }, at)
      : onTrouble(core, request, error, at, random);
  }
  const code = unsignedCode(unsigned);
  if (code !== null) return refusedWith(core, code, unsigned, at, random);
  const step = onTrouble(core, request, asTrouble(unsigned), at, random);
  return { ...step, core: { ...step.core, problem: unsigned } };
};

const asTrouble = (refusal: Refusal) =>
  networkError(
    "not_trusted",
    `The answer (${refusal.code}) carries no signature of the vendor that counts here.`,
    refusal.retryAfterSeconds,
  );

/** The server took the seat back, or never knew of it. */
export const onReleaseDone = (core: Core): Step =>
  core.phase.name === "releasing"
    ? {
        core: {
          ...core,
          phase: { name: "released" },
          lease: null,
          seats: null,
          nextTryAtMs: null,
          problem: null,
        },
        effects: [{ type: "persist" }],
      }
    : still(core);
