import { readFile } from "node:fs/promises";
import builtIn from "../settings.json";
import { parseSettings, type Settings } from "./settings.ts";

/**
 * The settings that were built in, or those of `path`. A packaged app passes null: whoever could name another
 * file could name other public keys. Throws Error when they are wrong or cannot be read.
 */
export const loadSettings = async (path: string | null): Promise<Settings> => {
  const json: unknown = path === null ? builtIn : JSON.parse(await readFile(path, "utf8"));
  return parseSettings(json);
};
