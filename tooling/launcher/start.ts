/** `npm start` under Node 24, before the packages are there: nothing here may come from npm. */
import { parseArgs } from "node:util";
import { OperatorError } from "../services/operator-error.ts";
import { demandSpace, explainFailure } from "./disk.ts";
import { installPackages } from "./install.ts";
import { lockClone } from "./lock.ts";
import { onParentDeath } from "./parent.mjs";
import { stateDirectory } from "./paths.ts";
import { demandPort } from "./port.ts";
import { endLeftApplications } from "./processes.ts";
import { readSecrets, readSettings } from "./settings.ts";

const readOptions = (): { demo: boolean } => {
  try {
    const { values } = parseArgs({ options: { "no-demo": { type: "boolean", default: false } } });
    return { demo: !values["no-demo"] };
  } catch {
    throw new OperatorError(
      "npm start takes one option: `npm start -- --no-demo` leaves the demonstration out.",
    );
  }
};

/** What to print for a failure: a sentence where the cause is known, else the error whole, since it is ours. */
const report = (error: unknown): void => {
  const sentence = explainFailure(error);
  console.error(sentence === null ? error : `\n${sentence}`);
};

/** Runs Latchkey until it is told to stop, then ends the process: 0 when asked to, 1 when something failed. */
export const start = async (): Promise<void> => {
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => stopping.abort());
  }
  onParentDeath(() => stopping.abort());
  // After a terminal has closed, writing to it fails; that must not keep us from stopping the rest.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  let unlock = () => {};
  let exitCode = 0;
  try {
    const options = readOptions();
    const settings = readSettings();
    unlock = lockClone();
    await endLeftApplications();
    await demandPort(settings.port);
    demandSpace(stateDirectory, 200);
    const secrets = readSecrets();
    installPackages();
    const { run } = await import("./run.ts");
    await run({ ...options, settings, secrets, signal: stopping.signal });
  } catch (error) {
    if (!stopping.signal.aborted) {
      report(error);
      exitCode = 1;
    }
  }
  unlock();
  process.exit(exitCode);
};
