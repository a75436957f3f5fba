/** A private Redis server on a port of 127.0.0.1, stopped by us. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./free-port.ts";
import { OperatorError } from "./operator-error.ts";
import { endOrphan } from "./process-table.ts";
import { thisHost } from "./host.ts";
import { obtainRedis, type RedisProgram } from "./redis-program.ts";
import { endChild, endWithParent, exitOf, type RunningService } from "./running-service.ts";

export interface RedisOptions {
  /** Holds the data and the log; made when missing, kept between starts. */
  directory: string;
  /** `test` keeps nothing on disk. */
  purpose: "development" | "test";
  /** A free one unless told. */
  port?: number;
  /** Arguments of the server beside ours, which they override. */
  settings?: readonly string[];
  /** Receives one line when something has to be installed first. */
  report?: (line: string) => void;
}

/** Many, so that every test file can have a number of its own. */
export const REDIS_DATABASES = 512;

const DOCKER_IMAGE = "redis:7-alpine";

/** Which process serves the directory, for the start after a killed parent. */
const pidFileOf = (directory: string): string => path.join(directory, "server.pid");

/** Ends the server that a killed process left on this directory, if there is one. A frozen one hears SIGKILL alone. */
export const stopAbandonedRedis = async (
  directory: string,
  signal: "SIGTERM" | "SIGKILL" = "SIGTERM",
): Promise<void> => {
  try {
    const [pid, port] = fs.readFileSync(pidFileOf(directory), "utf8").split(" ");
    // The server names itself by its address: "redis-server 127.0.0.1:41234".
    await endOrphan(Number(pid), (command) => command.includes(`127.0.0.1:${port}`), signal);
  } catch {
    // No file, no orphan.
  }
};

/** Whether a Redis answers PING on the port. */
const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1_000, () => settle(false));
    socket.once("error", () => settle(false));
    socket.once("connect", () => socket.write("PING\r\n"));
    socket.once("data", (data) => settle(data.toString().startsWith("+PONG")));
  });

const waitUntilReady = async (port: number, exited: Promise<void>): Promise<boolean> => {
  let gone = false;
  void exited.then(() => (gone = true));
  while (!gone) {
    if (await answers(port)) return true;
    await sleep(20);
  }
  return false;
};

const serverArguments = ({ purpose, settings = [] }: RedisOptions): string[] => [
  "--databases",
  String(REDIS_DATABASES),
  ...(purpose === "test" ? ["--save", ""] : ["--save", "300 1"]),
  // PostgreSQL holds every truth, so a full disk here must not stop work.
  "--stop-writes-on-bgsave-error",
  "no",
  ...settings,
];

interface Launched {
  child: ChildProcess;
  stop(): Promise<void>;
}

const launch = (
  program: RedisProgram,
  options: RedisOptions,
  port: number,
  log: number,
): Launched => {
  const { directory } = options;
  if (program.kind === "program") {
    const child = spawn(
      program.path,
      ["--port", String(port), "--bind", "127.0.0.1", "--dir", directory].concat(
        serverArguments(options),
      ),
      // A group of its own, so that Ctrl-C in the terminal leaves the order of stopping to us.
      { stdio: ["ignore", log, log], detached: true },
    );
    return { child, stop: () => endChild(child, "SIGTERM", 10_000) };
  }
  const name = `latchkey-redis-${port}`;
  const child = spawn(
    "docker",
    ["run", "--rm", "--name", name, "-p", `127.0.0.1:${port}:6379`, DOCKER_IMAGE].concat(
      "redis-server",
      serverArguments(options),
    ),
    { stdio: ["ignore", log, log], detached: true },
  );
  return {
    child,
    stop: async () => {
      spawnSync("docker", ["stop", "--time", "5", name], { stdio: "ignore" });
      await endChild(child, "SIGTERM", 10_000);
    },
  };
};

/**
 * Starts a private Redis on a port of 127.0.0.1; installs one when the machine has none and permits it.
 * Throws OperatorError with what to do when it cannot start.
 */
export const startRedis = async (options: RedisOptions): Promise<RunningService> => {
  const { directory, report = () => undefined } = options;
  const program = obtainRedis(thisHost(report));
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  await stopAbandonedRedis(directory);
  const port = options.port ?? (await freePort());
  const logFile = path.join(directory, "server.log");
  const log = fs.openSync(logFile, "a");
  const { child, stop } = launch(program, options, port, log);
  fs.closeSync(log);
  endWithParent(child, "SIGTERM");
  const exited = exitOf(child);
  if (child.pid !== undefined) fs.writeFileSync(pidFileOf(directory), `${child.pid} ${port}`);
  if (!(await waitUntilReady(port, exited))) {
    throw new OperatorError(
      `Redis did not start: see ${logFile}, or set REDIS_URL to a Redis of yours.`,
    );
  }
  const pid = program.kind === "program" ? (child.pid ?? null) : null;
  return { url: `redis://127.0.0.1:${port}`, pid, exited, stop };
};
