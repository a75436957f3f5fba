/**
 * The network of one simulated machine, as its app's `fetch`, with an entry in the ledger for each call.
 *
 * - whole  calls pass
 * - cut    calls fail at once, or hang until the app gives them up
 *
 * Whatever comes while the machine sleeps is told when it wakes, and to an app that is gone never.
 */
import type { Fetch } from "@latchkey/client";
import type { HttpDoor } from "./http-door.ts";
import type { LedgerCall } from "./ledger.ts";
import type { MachineClock } from "./machine-clock.ts";
import { pacedResponse } from "./paced-response.ts";
import { keysPath, readAnswer, readQuestion, seatCallOf } from "./seat-wire.ts";
import type { Recorder } from "./recorder.ts";

export interface MachineNetworkOptions {
  /** The machine's index. */
  readonly index: number;
  readonly door: HttpDoor;
  readonly clock: MachineClock;
  readonly speed: number;
  readonly recorder: Recorder;
  readonly nowMs: () => number;
  /** Settles when the machine wakes; null while it is awake. */
  readonly sleeping: () => Promise<void> | null;
}

export interface MachineNetwork {
  /** `fetch` of one run of the app. It never settles once the app is gone. */
  fetchFor(isAlive: () => boolean): Fetch;
  /** Ends the calls that are under way: no answer to them comes any more. */
  cutCalls(): void;
  /** From now on calls fail at once, or hang. */
  cut(hangs: boolean): void;
  mend(): void;
  /** Whether the server may hold a seat for this machine that it has not given back. */
  mayHold(): boolean;
  /** Whether the server has asked it to come again later, and that is not over yet. */
  isAskedToWait(): boolean;
}

const failureOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : "FAILED";

/** Whole to begin with. */
export const createMachineNetwork = ({
  index,
  door,
  clock,
  speed,
  recorder,
  nowMs,
  sleeping,
}: MachineNetworkOptions): MachineNetwork => {
  const onWire = new Set<AbortController>();
  let severed: { readonly hangs: boolean } | null = null;
  let mayHold = false;
  let waitUntilMs = 0;

  const cutCalls = (): void => {
    for (const controller of onWire) controller.abort();
  };

  const fetchFor: MachineNetwork["fetchFor"] = (isAlive) => async (url, init) => {
    const gone = new Promise<never>(() => {});
    const { pathname } = new URL(url);
    const call = seatCallOf(pathname);
    const body = typeof init.body === "string" ? init.body : null;
    const question = readQuestion(body ?? "");
    await sleeping();
    if (!isAlive()) return gone;

    const sentAtMs = nowMs();
    const note = (
      outcome: LedgerCall["outcome"],
      seen: Partial<Pick<LedgerCall, "answeredAtMs" | "token" | "code" | "usedSeats">>,
    ): void => {
      const nothing = { answeredAtMs: null, token: null, code: null, usedSeats: null };
      const entry = { ...nothing, ...question, ...seen };
      if (call !== null) recorder.call({ machine: index, call, sentAtMs, outcome, ...entry });
      else if (entry.code !== null) recorder.failed(entry.code);
    };
    const whyFailed = (error: unknown): string => {
      if (!isAlive()) return "CRASHED";
      if (sleeping() !== null) return "ASLEEP";
      if (severed !== null) return "CUT_OFF";
      return init.signal?.aborted === true ? "GIVEN_UP" : failureOf(error);
    };

    if (severed !== null) {
      // What never left is no call; but who releases has given the seat up, sent or not.
      if (call === "release") note("failed", { code: "CUT_OFF" });
      else recorder.failed("CUT_OFF");
      if (severed.hangs) {
        await new Promise((resolve) => init.signal?.addEventListener("abort", resolve));
      }
      throw new TypeError("The machine is cut off.");
    }

    const controller = new AbortController();
    const giveUp = (): void => controller.abort();
    init.signal?.addEventListener("abort", giveUp);
    onWire.add(controller);
    clock.callBegan();
    const heldBefore = mayHold;
    if (call === "acquire") mayHold = true;
    try {
      const answer = await door.send(pathname, body, controller.signal);
      const answeredAtMs = nowMs();
      waitUntilMs = answeredAtMs + Number(answer.retryAfter ?? 0) * 1000;
      if (!isAlive()) {
        note("failed", { code: "CRASHED" });
        return gone;
      }
      const seen = readAnswer(answer.status, answer.text);
      if (seen.kind === "refused") {
        const { code, token, usedSeats } = seen;
        note("refused", { answeredAtMs, code, token, usedSeats });
        if (call === "acquire" && token !== null) mayHold = false;
        // It was turned away before anybody looked at seats.
        if (call === "acquire" && code === "RATE_LIMITED") mayHold = heldBefore;
      } else if (call === "release") {
        note("released", { answeredAtMs });
        mayHold = false;
      } else if (call !== null) {
        note("lease", { answeredAtMs, token: seen.lease, usedSeats: seen.usedSeats });
        mayHold = true;
      } else if (pathname === keysPath) recorder.keysFetched(answer.text);
      await sleeping();
      return isAlive() ? pacedResponse(answer, speed) : gone;
    } catch (error) {
      note("failed", { code: whyFailed(error) });
      await sleeping();
      if (!isAlive()) return gone;
      throw error;
    } finally {
      onWire.delete(controller);
      init.signal?.removeEventListener("abort", giveUp);
      clock.callEnded();
    }
  };

  return {
    fetchFor,
    cutCalls,
    cut: (hangs) => {
      severed = { hangs };
      cutCalls();
    },
    mend: () => {
      severed = null;
    },
    mayHold: () => mayHold,
    isAskedToWait: () => nowMs() < waitUntilMs,
  };
};
