import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import path from "node:path";

/** What this machine offers; a value, so that a test can describe a bare one. */
export interface Host {
  /** The program's path, else null. */
  find(program: string): string | null;
  /** Runs a command to its end and says whether it succeeded. */
  run(command: string, args: readonly string[]): boolean;
  isRoot: boolean;
  /** One line for the person at the terminal. */
  report(line: string): void;
}

/** Directories where package managers put programs that a bare PATH may leave out. */
const USUAL_DIRECTORIES = ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/opt/homebrew/bin"];

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The machine we run on. */
export const thisHost = (report: (line: string) => void): Host => ({
  find: (program) =>
    [...(process.env["PATH"] ?? "").split(path.delimiter), ...USUAL_DIRECTORIES]
      .filter((directory) => directory !== "")
      .map((directory) => path.join(directory, program))
      .find(isExecutable) ?? null,
  run: (command, args) =>
    spawnSync(command, args, {
      stdio: "ignore",
      timeout: 600_000,
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    }).status === 0,
  isRoot: process.getuid?.() === 0,
  report,
});

/**
 * Runs a command as root: directly, or through a sudo that asks no password, which is a permission given beforehand.
 * False when neither is possible, or the command fails.
 */
export const runAsRoot = (host: Host, command: string, args: readonly string[]): boolean => {
  if (host.isRoot) return host.run(command, args);
  return host.find("sudo") !== null && host.run("sudo", ["-n", command, ...args]);
};

/** Installs a Debian package, refreshing the lists of packages only when it is not known yet. */
export const installWithApt = (host: Host, name: string): boolean => {
  const install = () =>
    runAsRoot(host, "apt-get", ["install", "-y", "--no-install-recommends", name]);
  return install() || (runAsRoot(host, "apt-get", ["update"]) && install());
};

/** Whether installing system packages needs no question. */
export const mayInstall = (host: Host): boolean => runAsRoot(host, "true", []);
