/** A disk so small that a test can fill it: a tmpfs, which takes root on Linux. */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import os from "node:os";
import path from "node:path";

/** Mounts a disk of so many MiB in memory at `directory`, which it makes. Throws Error where that is not permitted. */
export const mountDisk = (directory: string, megabytes: number): void => {
  fs.mkdirSync(directory, { recursive: true });
  const options = `size=${megabytes}m,mode=0711`;
  execFileSync("mount", ["-t", "tmpfs", "-o", options, "latchkey-faults", directory], {
    stdio: "pipe",
  });
};

/** Does nothing where none is mounted at `directory`. */
export const unmountDisk = (directory: string): void => {
  try {
    execFileSync("umount", ["--lazy", directory], { stdio: "pipe" });
  } catch {
    // It was not mounted: the removal of the directory shows whether that is so.
  }
};

/** Why this machine has no such disk; null where it has, which is tried. */
export const whyNoDisk = (): string | null => {
  if (process.platform !== "linux") return "only Linux has tmpfs";
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "latchkey-disk-"));
  try {
    mountDisk(directory, 1);
    unmountDisk(directory);
    return null;
  } catch {
    return "this process may not mount one, which takes root";
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
};
