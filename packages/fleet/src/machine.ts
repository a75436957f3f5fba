/**
 * One simulated machine: its clocks, its network, its storage, and the app with the real SDK on it.
 *
 * - present  the app runs; what it does is the SDK's state
 * - quit     the app gave its seat back, or tried to, and is closed
 * - crashed  the app vanished without a word; what it had stored is still there
 * - asleep   the app stands still, with a lease that may run out meanwhile
 *
 * Apart from these, a partition may cut it off: its requests then fail at once, or hang.
 */
import { createLatchkey, memoryStorage } from "@latchkey/client";
import type { Fetch, Latchkey, StateName } from "@latchkey/client";
import type { HttpDoor } from "./http-door.ts";
import type { Absence } from "./ledger.ts";
import { createMachineClock } from "./machine-clock.ts";
import type { RunClock } from "./machine-clock.ts";
import { pacedResponse } from "./paced-response.ts";
import { readAnswer, readQuestion } from "./read-answer.ts";
import { seatCallOf } from "./recorder.ts";
import type { Recorder } from "./recorder.ts";
import type { Random } from "./seeded-random.ts";

export interface MachineOptions {
  readonly index: number;
  readonly host: string;
  readonly door: HttpDoor;
  readonly product: string;
  readonly publicKeys: { readonly keys: readonly unknown[] };
  readonly fingerprint: string;
  readonly license: number;
  readonly licenseKey: string;
  readonly speed: number;
  readonly random: Random;
  readonly recorder: Recorder;
  readonly nowMs: () => number;
}

export type MachineState = StateName | "quit" | "crashed" | "asleep";

interface Run {
  readonly latchkey: Latchkey;
  readonly clock: RunClock;
  alive: boolean;
}

type Open = {
  readonly cause: Absence["cause"];
  readonly fromMs: number;
  readonly fromWallMs: number;
};

/** Seconds of the machine's clock between two tries to activate. */
const ACTIVATE_AGAIN_SECONDS = 15;

export const createMachine = (options: MachineOptions) => {
  const { index, door, recorder, nowMs, speed } = options;
  const clock = createMachineClock({ speed, wallMs: Date.now(), realMs: nowMs });
  const storage = memoryStorage();
  const onWire = new Set<AbortController>();
  const open = new Map<Absence["cause"], Open>();
  let run: Run | null = null;
  let away: "quit" | "crashed" | null = "quit";
  let asleep: { readonly woken: Promise<void>; readonly wake: () => void } | null = null;
  let cut: { readonly hangs: boolean } | null = null;
  /** Whether the server may hold a seat for this machine that it has not given back. */
  let mayHold = false;

  const absenceBegan = (cause: Absence["cause"]): void => {
    if (!open.has(cause)) open.set(cause, { cause, fromMs: nowMs(), fromWallMs: clock.wallMs() });
  };
  const absenceOf = ({ cause, fromMs, fromWallMs }: Open, ended: boolean): Absence => ({
    machine: index,
    cause,
    fromMs,
    fromWallMs,
    toMs: ended ? nowMs() : null,
    toWallMs: ended ? clock.wallMs() : null,
  });
  const absenceEnded = (cause: Absence["cause"]): void => {
    const began = open.get(cause);
    if (began === undefined) return;
    open.delete(cause);
    recorder.absent(absenceOf(began, true));
  };
  const cutCalls = (): void => {
    for (const controller of onWire) controller.abort();
  };

  const whyFailed = (error: unknown, givenUp: boolean): string => {
    if (run === null) return "CRASHED";
    if (asleep !== null) return "ASLEEP";
    if (cut !== null) return "CUT_OFF";
    return givenUp ? "GIVEN_UP" : failureOf(error);
  };

  /** Never settles where the app behind it is gone. */
  const fetchFor =
    (isAlive: () => boolean): Fetch =>
    async (url, init) => {
      const gone = new Promise<never>(() => {});
      const { pathname } = new URL(url);
      const call = seatCallOf(pathname);
      const body = typeof init.body === "string" ? init.body : null;
      const question = readQuestion(body ?? "");
      await asleep?.woken;
      if (!isAlive()) return gone;
      const sentAtMs = nowMs();
      const note = (
        outcome: "lease" | "released" | "refused" | "failed",
        {
          answeredAtMs = null,
          token = null,
          code = null,
        }: {
          answeredAtMs?: number | null;
          token?: string | null;
          code?: string | null;
        },
      ): void => {
        if (call === null) {
          if (code !== null) recorder.failed(code);
          return;
        }
        recorder.call({
          machine: index,
          call,
          sentAtMs,
          answeredAtMs,
          outcome,
          token,
          code,
          ...question,
        });
      };

      if (cut !== null) {
        // What never left is no call; but who releases has given the seat up, sent or not.
        if (call === "release") note("failed", { code: "CUT_OFF" });
        else recorder.failed("CUT_OFF");
        if (cut.hangs) {
          await new Promise((resolve) => init.signal?.addEventListener("abort", resolve));
        }
        throw new TypeError("The machine is cut off.");
      }

      const controller = new AbortController();
      const giveUp = (): void => controller.abort();
      init.signal?.addEventListener("abort", giveUp);
      onWire.add(controller);
      clock.callBegan();
      if (call === "acquire") mayHold = true;
      try {
        const answer = await door.send(pathname, body, controller.signal);
        const answeredAtMs = nowMs();
        if (!isAlive()) {
          note("failed", { code: "CRASHED" });
          return gone;
        }
        const seen = readAnswer(answer.status, answer.text);
        if (seen.kind === "refused") {
          const { code, token } = seen;
          note("refused", { answeredAtMs, code, token });
          if (call === "acquire" && token !== null) mayHold = false;
        } else if (call === "release") {
          note("released", { answeredAtMs });
          mayHold = false;
        } else if (call !== null) {
          note("lease", { answeredAtMs, token: seen.lease });
          mayHold = true;
        }
        await asleep?.woken;
        return isAlive() ? pacedResponse(answer, speed) : gone;
      } catch (error) {
        note("failed", { code: whyFailed(error, init.signal?.aborted === true) });
        await asleep?.woken;
        if (!isAlive()) return gone;
        throw error;
      } finally {
        onWire.delete(controller);
        init.signal?.removeEventListener("abort", giveUp);
        clock.callEnded();
      }
    };

  const activate = async (current: Run): Promise<void> => {
    while (current.alive) {
      const activated = await current.latchkey.activate(options.licenseKey);
      if (activated.ok) return recorder.licenseSeen(options.license, activated.license.id);
      if (!current.alive) return;
      recorder.failed(`ACTIVATE ${activated.error.code}`);
      await new Promise<void>((resolve) =>
        current.clock.setTimer(ACTIVATE_AGAIN_SECONDS * 1000, resolve),
      );
    }
  };

  /** Starts the app; settles once it has asked for a seat, or been told why it cannot. */
  const start = async (): Promise<void> => {
    if (run !== null) return;
    absenceEnded("quit");
    absenceEnded("crash");
    away = null;
    const runClock = clock.run();
    const { host, product, publicKeys, fingerprint, random } = options;
    const latchkey = createLatchkey({
      host,
      product,
      publicKeys,
      storage,
      machine: { fingerprint, name: `Fleet ${index}`, platform: "other" },
      appVersion: "1.0.0",
      clock: runClock,
      random,
      fetch: fetchFor(() => current.alive),
    });
    const current: Run = { latchkey, clock: runClock, alive: true };
    run = current;
    let before: StateName = latchkey.state.name;
    latchkey.subscribe(({ name }) => {
      if (!current.alive) return;
      if (name === "lapsed" && before !== "lapsed") {
        recorder.lapse({ machine: index, atMs: nowMs(), wallMs: clock.wallMs() });
      }
      before = name;
    });
    await latchkey.ready;
    if (latchkey.state.name === "unlicensed") await activate(current);
    else
      await Promise.race([
        latchkey.acquire(),
        new Promise((settle) => runClock.setTimer(60_000, () => settle(null))),
      ]);
  };

  const end = (as: "quit" | "crashed"): void => {
    if (run === null) return;
    run.alive = false;
    run.clock.end();
    run = null;
    away = as;
    absenceBegan(as === "quit" ? "quit" : "crash");
  };

  return {
    index,
    license: options.license,
    start,
    isPresent: (): boolean => run !== null && asleep === null,
    mayHold: (): boolean => mayHold,
    state: (): MachineState => {
      if (asleep !== null) return "asleep";
      return run?.latchkey.state.name ?? away ?? "quit";
    },
    /** Closes the app, which gives its seat back if the server can be reached within 2 s. */
    quit: async (): Promise<void> => {
      const leaving = run;
      if (leaving === null) return;
      absenceBegan("quit");
      await leaving.latchkey.stop();
      if (run === leaving) end("quit");
    },
    crash: (): void => {
      end("crashed");
      cutCalls();
    },
    sleep: (): void => {
      if (run === null || asleep !== null) return;
      let wake = (): void => {};
      const woken = new Promise<void>((resolve) => (wake = resolve));
      asleep = { woken, wake };
      absenceBegan("sleep");
      clock.sleep();
      cutCalls();
    },
    wake: (monotonicCounts: boolean): void => {
      if (asleep === null) return;
      const { wake } = asleep;
      asleep = null;
      absenceEnded("sleep");
      clock.wake(monotonicCounts);
      wake();
    },
    partition: (hangs: boolean): void => {
      cut = { hangs };
      absenceBegan("partition");
      cutCalls();
    },
    mend: (): void => {
      cut = null;
      absenceEnded("partition");
      run?.latchkey.networkReturned();
    },
    /** The fleet's caller says that the server of this machine is at fault, or is well again. */
    serverFault: (lasts: boolean): void => (lasts ? absenceBegan : absenceEnded)("server"),
    ongoing: (): readonly Absence[] => [...open.values()].map((began) => absenceOf(began, false)),
    /** Asks for the seat now, as somebody does who clicks. */
    tryNow: (): void => run?.latchkey.tryNow(),
  };
};
export type Machine = ReturnType<typeof createMachine>;

const failureOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : "FAILED";
