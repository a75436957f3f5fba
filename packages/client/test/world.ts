import { generateLicenseKey } from "@latchkey/license-crypto";
import { createLatchkey } from "../src/create-latchkey.ts";
import type { LatchkeyState } from "../src/latchkey-state.ts";
import { memoryStorage } from "../src/storage.ts";
import type { LatchkeyStorage } from "../src/storage.ts";
import { createModelServer, fingerprint, issuer, product, publicKeys } from "./model-server.ts";
import { createVirtualClock } from "./virtual-clock.ts";

export const licenseKey = generateLicenseKey("LATCH");

export interface SeenState {
  readonly atMs: number;
  readonly state: LatchkeyState;
}

/** A machine, a server and a time of their own; `random` answers every toss of the dice. */
export const createWorld = (
  options: { random?: () => number; storage?: LatchkeyStorage; host?: string } = {},
) => {
  const time = createVirtualClock();
  const server = createModelServer(time);
  const storage = options.storage ?? memoryStorage();
  const seen: SeenState[] = [];
  const warnings: { readonly atMs: number; readonly minutesLeft: number }[] = [];
  const errors: unknown[] = [];

  let kill = () => {};
  let workedMs = 0;
  let workingSinceMs: number | null = null;
  const worked = (goesOn: boolean): void => {
    if (workingSinceMs !== null) workedMs += time.monotonicMs() - workingSinceMs;
    workingSinceMs = goesOn ? time.monotonicMs() : null;
  };

  /** A process of the app on this machine; another one is what a restart makes. */
  const launch = () => {
    const process = { alive: true };
    kill = () => void (process.alive = false);
    const latchkey = createLatchkey({
      host: options.host ?? issuer,
      product,
      publicKeys,
      issuer,
      storage: {
        load: (name) => storage.load(name),
        save: async (name, text) => {
          if (process.alive) await storage.save(name, text);
        },
      },
      machine: { fingerprint, name: "desk", platform: "linux" },
      appVersion: "1.0.0",
      fetch: (url, init) => (process.alive ? server.fetch(url, init) : new Promise(() => {})),
      clock: {
        ...time.clock,
        setTimer: (delayMs, run) => time.clock.setTimer(delayMs, () => process.alive && run()),
      },
      random: options.random ?? (() => 0.5),
      beforeLapse: (minutesLeft) => void warnings.push({ atMs: time.trueMs(), minutesLeft }),
      onError: (error) => void errors.push(error),
    });
    latchkey.subscribe((state) => {
      if (!process.alive) return;
      seen.push({ atMs: time.trueMs(), state });
      worked(state.mayRun);
    });
    return latchkey;
  };

  /** Lets time pass until `promise` settles. */
  const finish = async <Value>(promise: Promise<Value>): Promise<Value> => {
    let settled = false;
    void promise.finally(() => void (settled = true)).catch(() => {});
    await time.settle();
    for (let waitedMs = 0; !settled && waitedMs < 120_000; waitedMs += 20) await time.advance(20);
    return promise;
  };

  /** A process that holds a seat. */
  const launchRunning = async () => {
    const latchkey = launch();
    await finish(latchkey.activate(licenseKey));
    await finish(latchkey.acquire());
    return latchkey;
  };

  return {
    time,
    server,
    storage,
    seen,
    warnings,
    errors,
    launch,
    launchRunning,
    finish,
    /** For how long the app was allowed to work altogether, in ms awake. */
    workedMs: (): number => {
      worked(workingSinceMs !== null);
      return workedMs;
    },
    /** Ends the latest process as a crash does: nothing of it is heard again. */
    crash: (): void => {
      kill();
      worked(false);
      server.hangUp();
    },
  };
};
export type World = ReturnType<typeof createWorld>;
