/** Where a house keeps its data, and what is done about houses whose process was killed. */
import * as fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { commandOf, stopAbandonedPostgres, stopAbandonedRedis } from "@latchkey/tooling/services";

const PREFIX = "latchkey-faults-";

const subdirectories = (directory: string): string[] =>
  fs.existsSync(directory)
    ? fs.readdirSync(directory).map((name) => path.join(directory, name))
    : [];

/** Ends the servers of houses that died without stopping them, and removes their data. */
export const sweepKilledHouses = async (): Promise<void> => {
  for (const name of fs.readdirSync(os.tmpdir())) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || commandOf(Number(pid))?.includes("node")) continue;
    const directory = path.join(os.tmpdir(), name);
    await stopAbandonedPostgres(path.join(directory, "postgres"));
    const redis = path.join(directory, "redis");
    for (const place of [redis, ...subdirectories(redis)]) await stopAbandonedRedis(place);
    fs.rmSync(directory, { recursive: true, force: true });
  }
};

/** A directory of this house's own that PostgreSQL's account can pass through. */
export const makePlace = (): string => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), `${PREFIX}${process.pid}-`));
  fs.chmodSync(directory, 0o711);
  return directory;
};
