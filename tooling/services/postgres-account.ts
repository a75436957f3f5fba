import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import path from "node:path";
import { OperatorError } from "./operator-error.ts";

/** The unprivileged account that PostgreSQL runs under, since it refuses to run as root. */
export interface Account {
  uid: number;
  gid: number;
}

/** Where root keeps what the account must reach when the clone lies below a closed directory such as /root. */
const SHARED_DIRECTORY = "/var/lib/latchkey";

const idOf = (flag: "-u" | "-g"): number =>
  Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8", stdio: "pipe" }));

/**
 * Null when this process is not root and may run the server itself; else the `postgres` account, made when missing.
 * Throws OperatorError when it cannot be made.
 */
export const serverAccount = (): Account | null => {
  if (process.getuid?.() !== 0) return null;
  try {
    return { uid: idOf("-u"), gid: idOf("-g") };
  } catch {
    try {
      execFileSync("useradd", ["--system", "--user-group", "--no-create-home", "postgres"], {
        stdio: "pipe",
      });
      return { uid: idOf("-u"), gid: idOf("-g") };
    } catch {
      throw new OperatorError(
        "PostgreSQL does not run as root and the account 'postgres' could not be made: start Latchkey as an ordinary user, or set DATABASE_URL to a PostgreSQL server of yours.",
      );
    }
  }
};

const mayEnter = (directory: string, { uid, gid }: Account): boolean => {
  const stat = fs.statSync(directory);
  if (stat.uid === uid) return (stat.mode & 0o100) !== 0;
  if (stat.gid === gid) return (stat.mode & 0o010) !== 0;
  return (stat.mode & 0o001) !== 0;
};

/** Whether the account can reach the directory through every one of its parents. */
export const canReach = (directory: string, account: Account): boolean => {
  const parent = path.dirname(directory);
  return mayEnter(directory, account) && (parent === directory || canReach(parent, account));
};

/**
 * Makes `directory` if it is missing, owned by the account, and returns its real path. Where the account could not
 * reach it, the directory becomes a link to one below /var/lib/latchkey: removing the link forgets the data, as
 * removing the directory would.
 */
export const placeData = (directory: string, account: Account | null): string => {
  fs.mkdirSync(path.dirname(directory), { recursive: true });
  if (fs.existsSync(directory)) return fs.realpathSync(directory);
  if (account === null) {
    fs.mkdirSync(directory, { mode: 0o700 });
    return fs.realpathSync(directory);
  }
  const parent = fs.realpathSync(path.dirname(directory));
  if (canReach(parent, account)) {
    fs.mkdirSync(directory, { mode: 0o700 });
  } else {
    const place = path.join(SHARED_DIRECTORY, randomBytes(6).toString("hex"));
    fs.mkdirSync(place, { recursive: true, mode: 0o755 });
    fs.mkdirSync(path.join(place, "data"), { mode: 0o700 });
    fs.rmSync(directory, { force: true });
    fs.symlinkSync(path.join(place, "data"), directory);
  }
  const real = fs.realpathSync(directory);
  fs.chownSync(real, account.uid, account.gid);
  return real;
};

/** The programs' directory, or a copy of it below /var/lib/latchkey where the account could not reach them. */
export const placePrograms = (
  directory: string,
  version: string,
  account: Account | null,
): string => {
  if (account === null || canReach(fs.realpathSync(directory), account)) return directory;
  const place = path.join(SHARED_DIRECTORY, `postgresql-${version}`);
  if (!fs.existsSync(place)) {
    const half = `${place}.${randomBytes(6).toString("hex")}`;
    fs.mkdirSync(SHARED_DIRECTORY, { recursive: true, mode: 0o755 });
    fs.cpSync(directory, half, { recursive: true, verbatimSymlinks: true });
    try {
      fs.renameSync(half, place);
    } catch {
      // Another start finished its copy first; theirs is as good.
      fs.rmSync(half, { recursive: true, force: true });
    }
  }
  return place;
};
