import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { OperatorError } from "../services/operator-error.ts";
import { demandSpace } from "./disk.ts";
import { root } from "./paths.ts";

const lockFile = path.join(root, "package-lock.json");
/** npm's own record of what it installed, written at the very end of an installation. */
const npmRecord = path.join(root, "node_modules", ".package-lock.json");
/** Names the lock that the installed packages came from. */
const stamp = path.join(root, "node_modules", ".latchkey-install");

const lockHash = (): string => createHash("sha256").update(readFileSync(lockFile)).digest("hex");

const isInstalled = (): boolean => {
  if (!existsSync(npmRecord)) return false;
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lockHash()) return true;
  // Someone ran npm by hand after the lock last changed.
  return statSync(npmRecord).mtimeMs >= statSync(lockFile).mtimeMs;
};

/**
 * Installs the packages when they are missing or the lock changed; else returns at once. Needs nothing from npm
 * itself. Throws OperatorError when npm fails.
 */
export const installPackages = (): void => {
  if (!isInstalled()) {
    demandSpace(root, existsSync(npmRecord) ? 300 : 1_000);
    console.log("Installing packages with npm ci …");
    const result = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      shell: process.platform === "win32",
    });
    if (result.status !== 0) {
      const output = `${result.stderr ?? ""}${result.error?.message ?? ""}`;
      if (/ENOSPC/.test(output)) throw new Error(output);
      const reason = output.split("\n").filter((line) => /^npm (error|ERR!)/.test(line));
      throw new OperatorError(
        `npm ci failed (${reason[0] ?? "no reason given"}): check the network and package-lock.json, then start again.`,
      );
    }
  }
  writeFileSync(stamp, lockHash());
};
