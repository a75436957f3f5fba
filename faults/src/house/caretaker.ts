/**
 * Who clears up when a house cannot: a process of its own, in a group of its own, that hears of the end of
 * the house by the end of a pipe, whatever ended it.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

const program = path.join(import.meta.dirname, "caretaker-process.ts");

/** Vitest's main process is gone, or no longer speaks to us: nobody waits for these tests. */
const endWithVitest = (): void => {
  process.once("disconnect", () => process.kill(process.pid, "SIGKILL"));
};

/** Starts the caretaker of the house at `place`; `dismiss` waits until all of that house is gone. */
export const startCaretaker = (place: string): { dismiss(): Promise<void> } => {
  endWithVitest();
  const caretaker = spawn(process.execPath, [program, place], {
    detached: true,
    stdio: ["pipe", "ignore", "inherit"],
  });
  const exited = once(caretaker, "exit");
  return {
    dismiss: async () => {
      caretaker.stdin.end();
      await exited;
    },
  };
};
