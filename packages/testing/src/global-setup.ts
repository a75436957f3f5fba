import type { TestProject } from "vitest/node";
import { startTestServers } from "./test-servers.ts";

interface SharedRun {
  started: ReturnType<typeof startTestServers>;
  users: number;
}

/** Each project evaluates this module anew, so what they share hangs on the process. */
const shared: typeof globalThis & { latchkeyTestRun?: SharedRun } = globalThis;

/** Gives the project's tests the run's servers, started by the first project that asks and stopped by the last. */
const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const run = (shared.latchkeyTestRun ??= { started: startTestServers(), users: 0 });
  run.users += 1;
  const { servers, stop } = await run.started;
  project.provide("servers", servers);
  return async () => {
    run.users -= 1;
    if (run.users > 0) return;
    delete shared.latchkeyTestRun;
    await stop();
  };
};

export default setup;
