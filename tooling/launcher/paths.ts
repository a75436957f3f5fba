import path from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root, where every command of the tooling runs. */
export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");

/** What a running Latchkey keeps on this machine: data, secrets, logs. Git ignores it. */
export const stateDirectory = path.join(root, ".latchkey");

/** A program that npm installed. */
export const installedProgram = (name: string): string =>
  path.join(root, "node_modules", ".bin", name);
