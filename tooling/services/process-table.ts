import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
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

/** Every living process of this machine with its command line. */
export const livingProcesses = (): { pid: number; command: string }[] =>
  parentsOf().flatMap(({ pid }) => {
    const command = commandOf(pid);
    return command === null ? [] : [{ pid, command }];
  });

/** Every process of this machine with the one that started it; a process that ends meanwhile is left out. */
const parentsOf = (): { pid: number; parent: number }[] => {
  if (process.platform !== "linux") {
    const table = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
    return [...table.matchAll(/(\d+)\s+(\d+)/g)].map(([, pid, parent]) => ({
      pid: Number(pid),
      parent: Number(parent),
    }));
  }
  return readdirSync("/proc").flatMap((name) => {
    try {
      // The name of the program stands in parentheses, and may hold some itself.
      const stat = /^\d+$/.test(name) ? readFileSync(`/proc/${name}/stat`, "utf8") : "";
      const parent = /.*\) \S (\d+)/s.exec(stat)?.[1];
      return parent === undefined ? [] : [{ pid: Number(name), parent: Number(parent) }];
    } catch {
      return [];
    }
  });
};

/** What a process has started, and what these have started, the nearest first. */
export const descendantsOf = (pid: number): number[] => {
  const table = parentsOf();
  const found: number[] = [];
  for (let parents = new Set([pid]); parents.size > 0;) {
    const children = table.filter(({ parent }) => parents.has(parent)).map((child) => child.pid);
    found.push(...children);
    parents = new Set(children);
  }
  return found;
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
