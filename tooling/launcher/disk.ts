import { existsSync, statfsSync } from "node:fs";
import path from "node:path";
import { OperatorError } from "../services/operator-error.ts";

const MEBIBYTE = 1024 * 1024;

const nearestExisting = (directory: string): string =>
  existsSync(directory) ? directory : nearestExisting(path.dirname(directory));

/** Throws OperatorError when the disk below `directory` has less than `mebibytes` free. */
export const demandSpace = (directory: string, mebibytes: number): void => {
  const { bavail, bsize } = statfsSync(nearestExisting(directory));
  const freeMebibytes = Math.floor((bavail * bsize) / MEBIBYTE);
  if (freeMebibytes >= mebibytes) return;
  throw new OperatorError(
    `The disk of ${directory} is full: ${freeMebibytes} MB are free and ${mebibytes} MB are needed; free some space and start again.`,
  );
};

/** The sentence for what went wrong, where the operating system or a program names a cause that people can remove. */
export const explainFailure = (error: unknown): string | null => {
  if (error instanceof OperatorError) return error.message;
  const text =
    error instanceof Error
      ? `${"code" in error ? String(error.code) : ""} ${error.message}`
      : String(error);
  if (/ENOSPC|EDQUOT|53100|No space left on device/i.test(text)) {
    return "The disk is full: free some space and start again; what was saved is safe.";
  }
  const denied = /(?:EACCES|EPERM|EROFS)[^']*'([^']+)'/.exec(text);
  if (denied !== null) {
    return `${denied[1] ?? "A file"} cannot be written: give this user the right to it, or clone Latchkey where it has one.`;
  }
  return null;
};
