import { installWithApt, mayInstall, runAsRoot, type Host } from "./host.ts";
import { OperatorError } from "./operator-error.ts";

/** How to run a Redis server: a program on this machine, or a container. */
export type RedisProgram = { kind: "program"; path: string } | { kind: "docker" };

const NO_REDIS =
  "Redis is missing and could not be installed here; do one of these three and start again: " +
  "install redis-server (Debian, Ubuntu: sudo apt-get install redis-server; macOS: brew install redis), " +
  "or start Docker, or set REDIS_URL to a Redis of yours (redis://host:6379).";

const findRedis = (host: Host): RedisProgram | null => {
  const found = host.find("redis-server") ?? host.find("valkey-server");
  return found === null ? null : { kind: "program", path: found };
};

const installRedis = (host: Host): void => {
  if (host.find("apt-get") !== null && mayInstall(host)) {
    host.report("Redis is missing; installing redis-server with apt-get …");
    const installed = installWithApt(host, "redis-server");
    // The package starts a service of the system; ours is private, and nobody asked for that one.
    if (installed && host.find("systemctl") !== null) {
      runAsRoot(host, "systemctl", ["disable", "--now", "redis-server"]);
    }
  } else if (host.find("brew") !== null) {
    host.report("Redis is missing; installing it with brew …");
    host.run("brew", ["install", "redis"]);
  }
};

/**
 * Finds a Redis server, else installs one through the system's package manager where that needs no question, else
 * takes Docker. Throws OperatorError naming the three ways when none is open.
 */
export const obtainRedis = (host: Host): RedisProgram => {
  const found = findRedis(host);
  if (found !== null) return found;
  installRedis(host);
  const installed = findRedis(host);
  if (installed !== null) return installed;
  if (host.find("docker") !== null && host.run("docker", ["info"])) return { kind: "docker" };
  throw new OperatorError(NO_REDIS);
};
