/** The servers under measurement, each a process of its own. */
import { spawn, type ChildProcess } from "node:child_process";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { endChild } from "@latchkey/tooling/services";
import { z } from "zod";

export interface Started {
  readonly url: string;
  readonly pid: number;
  /** Whether it still runs. */
  isUp(): boolean;
  /** The end of what it printed. */
  printed(): string;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

const endWithParent = path.join(import.meta.dirname, "end-with-parent.ts");
const Address = z.object({ port: z.int() });

const startNode = (file: string, env: Readonly<Record<string, string>>) => {
  const child = spawn(process.execPath, ["--import", endWithParent, file], {
    env: { NODE_ENV: "production", ...env },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    // A group of its own, so that Ctrl-C in the terminal leaves the order of stopping to us.
    detached: true,
  });
  let printed = "";
  const keep = (chunk: Buffer) => void (printed = `${printed}${chunk.toString()}`.slice(-4_000));
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  return {
    child,
    printed: () => printed,
    stop: () => endChild(child, "SIGTERM", 12_000),
    kill: () => endChild(child, "SIGKILL", 12_000),
  };
};

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode !== null || signalCode !== null;

const toStarted = (
  url: string,
  { child, printed, stop, kill }: ReturnType<typeof startNode>,
): Started => {
  if (child.pid === undefined) throw new Error("A process that answers has an id.");
  return { url, pid: child.pid, isUp: () => !hasEnded(child), printed, stop, kill };
};

/** Waits until `find` has an answer, 30 s at most. Throws with what the process printed. */
const waitFor = async <Value>(
  name: string,
  { child, printed, stop }: ReturnType<typeof startNode>,
  find: () => Promise<Value | null> | Value | null,
): Promise<Value> => {
  for (let attempt = 0; attempt < 300 && !hasEnded(child); attempt += 1) {
    const found = await find();
    if (found !== null) return found;
    await sleep(100);
  }
  await stop();
  throw new Error(`${name} did not become ready. It printed:\n${printed()}`);
};

type ServerEnvironment = Readonly<Record<"DATABASE_URL" | "REDIS_URL" | "LATCHKEY_SECRET", string>>;

/** Starts the real API on `port`, in production mode and without a log, and waits until it is ready. */
export const startApi = async (
  root: string,
  port: number,
  env: ServerEnvironment,
): Promise<Started> => {
  const url = `http://127.0.0.1:${port}`;
  const api = startNode(path.join(root, "apps/api/src/main.ts"), {
    ...env,
    LATCHKEY_MODE: "production",
    LATCHKEY_PUBLIC_URL: url,
    LOG_LEVEL: "silent",
    PORT: String(port),
  });
  await waitFor("The API", api, async () => {
    const answer = await fetch(`${url}/health/ready`).catch(() => null);
    return answer?.ok ? true : null;
  });
  return toStarted(url, api);
};

/** Starts the real worker beside the API at `url`, in production mode, and waits until it runs. No mail falls due here. */
export const startWorker = async (
  root: string,
  url: string,
  env: ServerEnvironment,
): Promise<Started> => {
  const worker = startNode(path.join(root, "apps/worker/src/main.ts"), {
    ...env,
    LATCHKEY_MODE: "production",
    LATCHKEY_PUBLIC_URL: url,
    LATCHKEY_MAIL_FROM: "bench@latchkey.test",
    SMTP_URL: "smtp://127.0.0.1:9",
  });
  await waitFor("The worker", worker, () =>
    worker.printed().includes("The worker runs") ? true : null,
  );
  return toStarted(url, worker);
};

/** The programs that the API is compared with; each says its address when it is ready. */
export type Reference = "hello" | "floor" | "textbook";

/** Starts a reference on a free port, in production mode as well, and waits until it is ready. */
export const startReference = async (
  name: Reference,
  env: Readonly<Record<string, string>>,
): Promise<Started> => {
  const file = path.join(import.meta.dirname, "references", `${name}.ts`);
  const reference = startNode(file, env);
  let port: number | null = null;
  reference.child.on("message", (message) => void (port = Address.parse(message).port));
  const found = await waitFor(`The reference ${name}`, reference, () => port);
  return toStarted(`http://127.0.0.1:${found}`, reference);
};
