/** Where a house keeps its data, and how all is cleared away that a house has left on this machine. */
import * as fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  commandOf,
  descendantsOf,
  livingProcesses,
  stopAbandonedRedis,
} from "@latchkey/tooling/services";
import { signalAll } from "./part.ts";
import { removeNamespaceOf } from "./severable-network.ts";
import { unmountDisk } from "./small-disk.ts";

const PREFIX = "latchkey-faults-";

/** The process whose house it is, by the name of its place; null for a name that is none. */
const houseOf = (name: string): number | null => {
  const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
  return pid === undefined ? null : Number(pid);
};

/** A directory of this house's own that PostgreSQL's account can pass through. */
export const makePlace = (): string => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), `${PREFIX}${process.pid}-`));
  fs.chmodSync(directory, 0o711);
  return directory;
};

/** Where a Redis of the house at `place` lives, one of its own or a node of its Cluster. */
export const redisDirectory = (place: string): string => path.join(place, "redis");
/** Where a disk of its own is mounted for PostgreSQL. */
export const diskDirectory = (place: string): string => path.join(place, "disk");

/**
 * The programs of a house name its place on their command line; a shell or an editor that does so, too, is
 * somebody's who looks. Redis names itself anew once it runs, and is known by its file then.
 */
const programsOf = (place: string): number[] =>
  livingProcesses()
    .filter(
      ({ pid, command }) =>
        pid !== process.pid &&
        command.includes(place) &&
        /^\S*\b(?:node|postgres|initdb|redis-server)\s/.test(command),
    )
    .map(({ pid }) => pid);

const endRedis = async (directory: string): Promise<void> => {
  const nodes = fs.existsSync(directory)
    ? fs.readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    : [];
  const all = [directory, ...nodes.map(({ name }) => path.join(directory, name))];
  await Promise.all(all.map((each) => stopAbandonedRedis(each, "SIGKILL")));
};

/**
 * Ends whatever the house at `place` has left running, frozen or not, and removes its disk, its network and
 * its data; doing so again changes nothing.
 */
export const clearPlace = async (place: string): Promise<void> => {
  for (let left = programsOf(place); left.length > 0; left = programsOf(place)) {
    signalAll([...left, ...left.flatMap(descendantsOf)], "SIGKILL");
    await sleep(20);
  }
  await endRedis(redisDirectory(place));
  const pid = houseOf(path.basename(place));
  if (pid !== null) removeNamespaceOf(pid);
  unmountDisk(diskDirectory(place));
  fs.rmSync(place, { recursive: true, force: true });
};

/** Clears up after houses that died together with their caretakers. */
export const sweepKilledHouses = async (): Promise<void> => {
  for (const name of fs.readdirSync(os.tmpdir())) {
    const pid = houseOf(name);
    if (pid === null || commandOf(pid)?.includes("node")) continue;
    await clearPlace(path.join(os.tmpdir(), name));
  }
};
