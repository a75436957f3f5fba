/**
 * The client's state machine, pure: an event in, the next state and the effects out, as data.
 *
 *     unlicensed ──activate──▶ activating ──ok──▶ acquiring ──lease──▶ running
 *         ▲                        │ no, trouble      │                 │  ▲
 *         └────────────────────────┘                  │        a heartbeat │ lease
 *                                                     │           fails ▼  │
 *     waiting ◀── signed SEATS_EXHAUSTED ── any ──┐   │            reconnecting
 *     blocked ◀── another signed refusal ── any ──┘   │                 │ 3 retries in 45 s, then
 *        │  asked again: 30 to 60 s, hourly           │                 │ one acquire, all in vain
 *        └──────────────▶ running                     └──▶ offline ◀────┘
 *                                                            │  ▲ asks every 5 min ──lease──▶ running
 *                        min(offlineSince + 1800 s, graceUntil) ▼
 *                                                          lapsed ──asks every minute──▶ running
 *
 * - unlicensed  No key is known. `activating` falls back to it, or to `released` if a key is.
 * - released    A key or file is known and no seat is wanted: at the start, and after `release`.
 * - acquiring   The seat is asked for. Trouble with a stored lease in its grace leads to `offline`,
 *               with a stored lease past it to `lapsed`, with none to another try.
 * - running     Seat and lease are held. A heartbeat goes every 300 s, spread by 5 %.
 * - reconnecting  The lease is held and the app works; the server has missed a heartbeat.
 * - offline     The app works by the signed grace and counts down; warnings at 10 and 2 minutes.
 * - lapsed      The app must stop. It goes on by itself when the server answers.
 * - waiting     All seats are in use. `blocked`: the license may not run, for a validation code.
 * - filed       The app works by a license file, without any server; at its end it lapses.
 * - releasing   To the app this is `released` already; the server is told within 2 s.
 *
 * What must always hold:
 * - A usable lease is given up only for a signed refusal that concerns it (`refusalEndsLease`). A
 *   signed SESSION_ENDED asks for the seat again, with the lease in hand. All else is trouble, and
 *   trouble takes nothing but time.
 * - A lease that is not newer than everything signed that was seen is trouble too.
 * - At most one call is under way; the answer of any other id is ignored.
 * - Time is the server's, reckoned by the monotonic clock from the newest lease. When the wall clock
 *   outruns the monotonic one, the machine slept or somebody set the clock: the server is asked at
 *   once, and only when that fails does the difference count. A wall clock set back counts never.
 */
import { andThen, still, tried, withEffects } from "./calls.ts";
import type { Core, Event, Step } from "./model.ts";
import { onActivated, onGranted, onRefused, onReleaseDone } from "./on-answer.ts";
import { onTrouble } from "./on-trouble.ts";
import {
  onAcquire,
  onActivate,
  onFileImported,
  onNetworkReturned,
  onRelease,
  onRestored,
  onTryNow,
  releaseChecked,
} from "./on-wish.ts";
import { isWorking } from "./rights.ts";
import { endChecked, sleepBelieved } from "./without-server.ts";
import { nextWakeMs } from "./next-wake.ts";
import type { Now } from "./server-clock.ts";
import { timing } from "./timing.ts";

/** A client that knows nothing yet. */
export const initialCore = (at: Now): Core => ({
  phase: { name: "unlicensed" },
  key: null,
  licenseId: null,
  lease: null,
  file: null,
  seats: null,
  newest: null,
  clock: null,
  wallAheadMs: 0,
  suspectedSleepMs: 0,
  last: at,
  wokeAtMs: null,
  persistedAtMs: at.monotonicMs,
  request: null,
  lastRequestId: 0,
  nextTryAtMs: null,
  hurry: false,
  problem: null,
});

/** The next state and what to do. Events must come in the order of the monotonic clock. */
export const reduce = (before: Core, event: Event): Step => {
  const { at, random } = event;
  let step = onEvent(clocksCompared(before, at), event);
  step = andThen(step, (core) => releaseChecked(core, at));
  step = andThen(step, (core) => (isDue(core, at) ? tried(core, at) : still(core)));
  step = andThen(step, (core) => endChecked(core, at, random));
  step = andThen(step, (core) => timeWrittenDown(core, at));
  const persists = step.effects.some(({ type }) => type === "persist");
  const core = persists ? { ...step.core, persistedAtMs: at.monotonicMs } : step.core;
  const atMonotonicMs = nextWakeMs(core, at);
  return { core, effects: [...step.effects, { type: "setTimer", atMonotonicMs }] };
};

const isDue = (core: Core, at: Now): boolean =>
  core.request === null && core.nextTryAtMs !== null && core.nextTryAtMs <= at.monotonicMs;

/** Notices a sleep, or a wall clock set forward, and has the server asked about it. */
const clocksCompared = (before: Core, at: Now): Core => {
  const { last } = before;
  const passedMs = at.monotonicMs - last.monotonicMs;
  const outrunMs = at.wallMs - last.wallMs - passedMs;
  const { name } = before.phase;
  const ticks = name === "running" || name === "reconnecting" || name === "offline";
  // A monotonic clock that counts sleep shows it by a tick that comes far too late.
  const woke = outrunMs > timing.sleepThresholdMs || (ticks && passedMs > 2 * timing.tickMs);
  const core: Core = { ...before, last: at, wokeAtMs: woke ? at.monotonicMs : before.wokeAtMs };
  if (outrunMs <= timing.sleepThresholdMs) return core;
  const suspected: Core = { ...core, suspectedSleepMs: core.suspectedSleepMs + outrunMs };
  // A license file is for machines without a server: there is nobody to ask.
  if (name === "filed") return sleepBelieved(suspected);
  const asks = name === "running" || name === "offline";
  return asks && core.request === null ? { ...suspected, nextTryAtMs: at.monotonicMs } : suspected;
};

/** While the app works, the time that it has used survives a crash. */
const timeWrittenDown = (core: Core, at: Now): Step =>
  isWorking(core) && at.monotonicMs - core.persistedAtMs >= timing.persistEveryMs
    ? withEffects(still(core), { type: "persist" })
    : still(core);

const onEvent = (core: Core, event: Event): Step => {
  const { at } = event;
  switch (event.type) {
    case "restored":
      return onRestored(core, event.stored, at);
    case "activate":
      return onActivate(core, event.key, at);
    case "acquire":
      return onAcquire(core, at);
    case "release":
      return onRelease(core, at);
    case "tryNow":
      return onTryNow(core, at);
    case "networkReturned":
      return onNetworkReturned(core, at);
    case "fileImported":
      return onFileImported(core, event.file, at);
    case "timer":
      return still(core);
    case "activated":
    case "granted":
    case "refused":
    case "releaseDone":
    case "failed":
      return onAnswer(core, event);
  }
};

const onAnswer = (before: Core, event: Extract<Event, { readonly id: number }>): Step => {
  const { at, random } = event;
  const { request } = before;
  if (request === null || request.id !== event.id) return still(before);
  const core: Core = { ...before, request: null };
  switch (event.type) {
    case "activated":
      return onActivated(core, event.licenseId, at);
    case "granted":
      return onGranted(core, request, event, at, random);
    case "refused":
      return onRefused(core, request, event, at, random);
    case "releaseDone":
      return onReleaseDone(core);
    case "failed":
      return onTrouble(core, request, event.error, at, random);
  }
};
