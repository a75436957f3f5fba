import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * The command line of a living process, else null. A zombie counts as dead, and a number that another program got
 * since is recognized by its command, which `kill -0` could not tell.
 */
export const commandOf = (pid: number): string | null => {
  try {
    const command =
      process.platform === "linux"
        ? readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")
        : execFileSync("ps", ["-p", String(pid), "-o", "command="], { encoding: "utf8" });
    return command.trim() || null;
  } catch {
    return null;
  }
};

/**
 * Ends a server that an earlier, killed parent left behind; only if the process still is that server. Waits up to
 * 10 s, then kills it.
 */
export const endOrphan = async (
  pid: number,
  isServer: (command: string) => boolean,
  signal: NodeJS.Signals,
): Promise<void> => {
  const lives = () => {
    const command = commandOf(pid);
    return command !== null && isServer(command);
  };
  if (!lives()) return;
  process.kill(pid, signal);
  for (let waitedMs = 0; lives() && waitedMs < 10_000; waitedMs += 50) await sleep(50);
  if (lives()) process.kill(pid, "SIGKILL");
  while (lives()) await sleep(50);
};
