import { readFileSync } from "node:fs";
import { UsageError } from "./usage-error.ts";

/** The text of a file that an option names; `what` begins the message. Throws UsageError. */
export const readText = (path: string, what: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new UsageError(`${what} cannot be read: ${path}`);
  }
};
