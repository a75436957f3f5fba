/** CPU time of servers, by Linux' /proc; elsewhere nobody is asked, and the columns stay empty. */
import * as fs from "node:fs";

/** Linux counts in hundredths of a second for every reader, whatever its kernel's timer does. */
const ticksPerSecond = 100;

/** User and system seconds in a line of /proc/pid/stat, those of ended and awaited children included. */
export const secondsIn = (stat: string): number => {
  // The command stands in parentheses and may itself contain spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [user, system, childrenUser, childrenSystem] = fields.slice(11, 15).map(Number);
  return (
    ((user ?? NaN) + (system ?? NaN) + (childrenUser ?? NaN) + (childrenSystem ?? NaN)) /
    ticksPerSecond
  );
};

const read = (file: string): string | null => {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return null;
  }
};

/** The children of a process; null where they cannot be read. */
export const childrenOf = (pid: number): number[] | null =>
  read(`/proc/${pid}/task/${pid}/children`)
    ?.split(" ")
    .filter((child) => child.trim() !== "")
    .map(Number) ?? null;

/** CPU seconds that a process and its children have used so far; null where that cannot be read. */
export const cpuSecondsOf = (pid: number): number | null => {
  const stat = read(`/proc/${pid}/stat`);
  const children = childrenOf(pid);
  if (stat === null || children === null) return null;
  const ofChildren = children.map((child) => cpuSecondsOf(child) ?? 0);
  return ofChildren.reduce((sum, seconds) => sum + seconds, secondsIn(stat));
};

/**
 * CPU seconds of this process, the load generator, so far; with those of children that have ended, since pgbench is
 * one. Without /proc, of this process alone.
 */
export const ownCpuSeconds = (): number => {
  const stat = read("/proc/self/stat");
  if (stat !== null) return secondsIn(stat);
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** CPU time by who took it. The process that is measured is `server`: the API, or a reference in its place. */
export const parties = ["server", "postgresql", "redis", "generator"] as const;
export type Party = (typeof parties)[number];
export type CpuSeconds = Readonly<Record<Party, number | null>>;

/** What each has used so far; null for a party that is no process of this machine. */
export const readCpu = (pids: {
  readonly server: number | null;
  readonly postgresql: number | null;
  readonly redis: number | null;
}): CpuSeconds => {
  const of = (pid: number | null): number | null => (pid === null ? null : cpuSecondsOf(pid));
  return {
    server: of(pids.server),
    postgresql: of(pids.postgresql),
    redis: of(pids.redis),
    generator: ownCpuSeconds(),
  };
};

/** What each took between two readings. */
export const usedBetween = (before: CpuSeconds, after: CpuSeconds): CpuSeconds => {
  const difference = (party: Party): number | null => {
    const [from, to] = [before[party], after[party]];
    return from === null || to === null ? null : to - from;
  };
  return {
    server: difference("server"),
    postgresql: difference("postgresql"),
    redis: difference("redis"),
    generator: difference("generator"),
  };
};
