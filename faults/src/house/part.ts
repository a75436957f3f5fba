import { setTimeout as sleep } from "node:timers/promises";
import { commandOf, descendantsOf } from "@latchkey/tooling/services";
import type { RunningService } from "@latchkey/tooling/services";

/** A server or process of a house: **down**, **up** or **frozen**. */
export interface Part {
  /** Starts it on the port and data that it had before, and waits until it answers; up, it stays so. */
  start(): Promise<void>;
  /** Asks it to end in good order and waits until it has. */
  stop(): Promise<void>;
  /** SIGKILL to it and all that it started, at once; waits until none is left. */
  kill(): Promise<void>;
  /** SIGSTOP to it and all that it started: sockets stay open, and nobody answers. */
  freeze(): void;
  thaw(): void;
  isUp(): boolean;
}

/** Sends `signal` to each that still lives. */
export const signalAll = (pids: readonly number[], signal: NodeJS.Signals): void => {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended by itself meanwhile.
    }
  }
};

/** A part that `start` brings up; it must come up at the same place every time. */
export const createPart = (start: () => Promise<RunningService>): Part => {
  let running: RunningService | null = null;
  let frozen: readonly number[] = [];

  const pids = (): number[] => {
    const pid = running?.pid ?? null;
    return pid === null ? [] : [pid, ...descendantsOf(pid)];
  };
  const thaw = (): void => {
    signalAll(frozen, "SIGCONT");
    frozen = [];
  };
  const ended = async (service: RunningService): Promise<void> => {
    await service.exited;
    if (running === service) running = null;
    frozen = [];
  };

  return {
    start: async () => {
      if (running !== null) return;
      const service = await start();
      running = service;
      void service.exited.then(() => {
        if (running === service) running = null;
      });
    },
    stop: async () => {
      thaw();
      if (running === null) return;
      const service = running;
      await service.stop();
      await ended(service);
    },
    kill: async () => {
      if (running === null) return;
      const service = running;
      const killed = pids();
      signalAll(killed, "SIGKILL");
      await ended(service);
      // Children outlive their parent by a moment, and hold its memory and its sockets.
      while (killed.some((pid) => commandOf(pid) !== null)) await sleep(5);
    },
    freeze: () => {
      frozen = pids();
      signalAll(frozen, "SIGSTOP");
    },
    thaw,
    isUp: () => running !== null && frozen.length === 0,
  };
};
