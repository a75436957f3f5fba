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
import type { Latchkey, StateName } from "@latchkey/client";
import type { HttpDoor } from "./http-door.ts";
import type { Absence } from "./ledger.ts";
import { createMachineClock } from "./machine-clock.ts";
import type { RunClock } from "./machine-clock.ts";
import { createMachineNetwork } from "./machine-network.ts";
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

/** A machine whose app was never started; `nowMs` is the fleet's monotonic clock. */
export const createMachine = (options: MachineOptions) => {
  const { index, door, recorder, nowMs, speed } = options;
  const clock = createMachineClock({ speed, wallMs: Date.now(), realMs: nowMs });
  const storage = memoryStorage();
  const open = new Map<Absence["cause"], Open>();
  let run: Run | null = null;
  let away: "quit" | "crashed" | null = "quit";
  let asleep: { readonly woken: Promise<void>; readonly wake: () => void } | null = null;
  const network = createMachineNetwork({
    index,
    door,
    clock,
    speed,
    recorder,
    nowMs,
    sleeping: () => asleep?.woken ?? null,
  });

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
      fetch: network.fetchFor(() => current.alive),
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
    mayHold: network.mayHold,
    isAskedToWait: network.isAskedToWait,
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
      network.cutCalls();
    },
    sleep: (): void => {
      if (run === null || asleep !== null) return;
      let wake = (): void => {};
      const woken = new Promise<void>((resolve) => (wake = resolve));
      asleep = { woken, wake };
      absenceBegan("sleep");
      clock.sleep();
      network.cutCalls();
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
      absenceBegan("partition");
      network.cut(hangs);
    },
    mend: (): void => {
      network.mend();
      absenceEnded("partition");
      run?.latchkey.networkReturned();
    },
    networkReturned: (): void => run?.latchkey.networkReturned(),
    /** The fleet's caller says that the server of this machine is at fault, or is well again. */
    serverFault: (lasts: boolean): void => (lasts ? absenceBegan : absenceEnded)("server"),
    ongoing: (): readonly Absence[] => [...open.values()].map((began) => absenceOf(began, false)),
  };
};
export type Machine = ReturnType<typeof createMachine>;
