import type { ChildProcess } from "node:child_process";

/** A server that this process started and must stop. */
export interface RunningService {
  /** Connection URL, credentials included. */
  readonly url: string;
  /** Its first process; null where a container holds it. */
  readonly pid: number | null;
  /** Settles when the server has ended, whoever ended it. */
  readonly exited: Promise<void>;
  /** Ends the server and waits until it is gone; repeating it changes nothing. */
  stop(): Promise<void>;
}

/** Settles when the child has ended. A failed spawn counts as ended, since it never emits `exit`. */
export const exitOf = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });

/**
 * Sends `signal`, then SIGKILL after `patienceMs`, and waits for the end. The wait is for the child's `exit` event,
 * because in a container without an init process a dead process still answers `kill -0`.
 */
export const endChild = async (
  child: ChildProcess,
  signal: NodeJS.Signals,
  patienceMs: number,
): Promise<void> => {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = exitOf(child);
  child.kill(signal);
  const impatience = setTimeout(() => child.kill("SIGKILL"), patienceMs);
  await exited;
  clearTimeout(impatience);
};

/** Ends the child, as well as can be done at once, when this process exits without having stopped it. */
export const endWithParent = (child: ChildProcess, signal: NodeJS.Signals): void => {
  const end = () => child.kill(signal);
  process.once("exit", end);
  child.once("exit", () => process.off("exit", end));
};
