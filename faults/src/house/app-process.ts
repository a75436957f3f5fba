import { spawn } from "node:child_process";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { endChild, exitOf } from "@latchkey/tooling/services";
import type { RunningService } from "@latchkey/tooling/services";

const root = path.resolve(import.meta.dirname, "../../..");
const preload = path.join(import.meta.dirname, "preload.ts");
const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 12_000;

interface App {
  readonly name: "api" | "worker";
  /** Stands on its command line, which is how the caretaker finds it. */
  readonly place: string;
  readonly env: Readonly<Record<string, string>>;
  /** Asked until it answers with success. */
  readonly readyUrl: string | null;
  /** Receives what it prints; at level `error` that is nothing in good times. */
  readonly onPrinted: (text: string) => void;
}

/** Starts one of the two real programs. Throws Error with what it printed when it does not get ready. */
export const startApp = async ({
  name,
  place,
  env,
  readyUrl,
  onPrinted,
}: App): Promise<RunningService> => {
  const child = spawn(
    process.execPath,
    ["--import", preload, path.join(root, "apps", name, "src/main.ts"), place],
    { env: { ...env }, stdio: ["ignore", "pipe", "pipe", "ipc"] },
  );
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      printed = `${printed}${chunk.toString()}`.slice(-4_000);
      onPrinted(chunk.toString());
    });
  }
  const exited = exitOf(child);
  const stop = () => endChild(child, "SIGTERM", STOP_WITHIN_MS);
  const service = { url: readyUrl ?? "", pid: child.pid ?? null, exited, stop };
  if (readyUrl === null) return service;
  for (let waitedMs = 0; waitedMs < READY_WITHIN_MS && child.exitCode === null; waitedMs += 50) {
    const answer = await fetch(readyUrl).catch(() => null);
    if (answer?.ok) return service;
    await sleep(50);
  }
  await stop();
  throw new Error(`The ${name} did not get ready. It printed:\n${printed}`);
};
