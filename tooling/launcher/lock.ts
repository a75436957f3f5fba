import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { OperatorError } from "../services/operator-error.ts";
import { commandOf } from "../services/process-table.ts";
import { stateDirectory } from "./paths.ts";

const lockFile = path.join(stateDirectory, "launcher.pid");

const holder = (): number | null => {
  try {
    const pid = Number(readFileSync(lockFile, "utf8"));
    // A killed launcher leaves the file, and its number may be another program's by now.
    return pid !== process.pid && commandOf(pid)?.includes("start.mjs") ? pid : null;
  } catch {
    return null;
  }
};

/**
 * Takes the clone for this launcher; two would fight over its data. Returns what gives it back.
 * Throws OperatorError when another launcher has it.
 */
export const lockClone = (): (() => void) => {
  mkdirSync(stateDirectory, { recursive: true, mode: 0o711 });
  const pid = holder();
  if (pid === null) rmSync(lockFile, { force: true });
  try {
    writeFileSync(lockFile, String(process.pid), { flag: "wx" });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    throw new OperatorError(
      `Latchkey is already running from this clone (process ${pid ?? readFileSync(lockFile, "utf8")}): use that one, or stop it with Ctrl-C in its terminal.`,
    );
  }
  return () => rmSync(lockFile, { force: true });
};
