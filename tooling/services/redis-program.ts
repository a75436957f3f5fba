import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import path from "node:path";
import { OperatorError } from "./operator-error.ts";

/** How to run a Redis server: a program on this machine, or a container. */
export type RedisProgram = { kind: "program"; path: string } | { kind: "docker" };

/** What this machine offers; a value, so that a test can describe a bare one. */
export interface Host {
  /** The program's path, else null. */
  find(program: string): string | null;
  /** Runs a command to its end and says whether it succeeded. */
  run(command: string, args: string[]): boolean;
  isRoot: boolean;
  /** One line for the person at the terminal. */
  report(line: string): void;
}

export const NO_REDIS =
  "Redis is missing and could not be installed here; do one of these three and start again: " +
  "install redis-server (Debian, Ubuntu: sudo apt-get install redis-server; macOS: brew install redis), " +
  "or start Docker, or set REDIS_URL to a Redis of yours (redis://host:6379).";

/** Directories where package managers put programs that a bare PATH may leave out. */
const USUAL_DIRECTORIES = ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/opt/homebrew/bin"];

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The machine we run on. */
export const thisHost = (report: (line: string) => void): Host => ({
  find: (program) =>
    [...(process.env["PATH"] ?? "").split(path.delimiter), ...USUAL_DIRECTORIES]
      .filter((directory) => directory !== "")
      .map((directory) => path.join(directory, program))
      .find(isExecutable) ?? null,
  run: (command, args) =>
    spawnSync(command, args, {
      stdio: "ignore",
      timeout: 300_000,
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    }).status === 0,
  isRoot: process.getuid?.() === 0,
  report,
});

const findRedis = (host: Host): RedisProgram | null => {
  const found = host.find("redis-server") ?? host.find("valkey-server");
  return found === null ? null : { kind: "program", path: found };
};

const installByApt = (host: Host): void => {
  // Without root, only a sudo that asks no password is a permission.
  if (!host.isRoot && !host.run("sudo", ["-n", "true"])) return;
  const asRoot = (...command: [string, ...string[]]): boolean => {
    const [program, ...args] = host.isRoot ? command : ["sudo", "-n", ...command];
    return program !== undefined && host.run(program, args);
  };
  host.report("Redis is missing; installing redis-server with apt-get …");
  const install = () => asRoot("apt-get", "install", "-y", "redis-server");
  if (!install() && asRoot("apt-get", "update")) install();
  // The package starts a service of the system; ours is private, and nothing else asked for that one.
  if (host.find("systemctl") !== null) asRoot("systemctl", "disable", "--now", "redis-server");
};

/**
 * Finds a Redis server, else installs one through the system's package manager where that needs no question, else
 * takes Docker. Throws OperatorError naming the three ways when none is open.
 */
export const obtainRedis = (host: Host): RedisProgram => {
  const found = findRedis(host);
  if (found !== null) return found;
  if (host.find("apt-get") !== null) {
    installByApt(host);
  } else if (host.find("brew") !== null) {
    host.report("Redis is missing; installing it with brew …");
    host.run("brew", ["install", "redis"]);
  }
  const installed = findRedis(host);
  if (installed !== null) return installed;
  if (host.find("docker") !== null && host.run("docker", ["info"])) return { kind: "docker" };
  throw new OperatorError(NO_REDIS);
};
