import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { stateDirectory } from "./paths.ts";

const fileIn = (directory: string): string => path.join(directory, "environment.json");

/**
 * Keeps what the running applications were given, for the owner's eyes, so that a command typed in another terminal
 * finds the same servers: their ports are new at each start.
 */
export const rememberEnvironment = (
  environment: Readonly<Record<string, string>>,
  directory = stateDirectory,
): void => {
  forgetEnvironment(directory);
  writeFileSync(fileIn(directory), JSON.stringify(environment), { mode: 0o600 });
};

/** What the applications of this clone were given; nothing where none run. */
export const readEnvironment = (directory = stateDirectory): Record<string, string> => {
  try {
    const parsed: unknown = JSON.parse(readFileSync(fileIn(directory), "utf8"));
    return Object.fromEntries(
      Object.entries(parsed ?? {}).map(([name, value]) => [name, String(value)]),
    );
  } catch {
    return {};
  }
};

/** Forgets it once they are stopped; repeating it changes nothing. */
export const forgetEnvironment = (directory = stateDirectory): void =>
  rmSync(fileIn(directory), { force: true });
