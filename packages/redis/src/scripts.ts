import { readFileSync } from "node:fs";
import type { Result } from "ioredis";

const read = (file: string): string =>
  readFileSync(new URL(`../scripts/${file}.lua`, import.meta.url), "utf8");

/** One atomic operation per file; the number of keys stands at the end of its name, n where the caller says it. */
const load = (name: string, numberOfKeys: number) => ({
  numberOfKeys,
  lua: read(`${name}-${numberOfKeys}`),
});

const moveSeats = read("move-seats-n");

/** The scripts as ioredis defines them on a client. Replies are unknown until their wrapper parses them. */
export const scripts = {
  latchkeyAcquireSeat: load("acquire-seat", 1),
  latchkeyRenewSeat: load("renew-seat", 1),
  latchkeyMoveSeats: { lua: moveSeats },
  // The same with the number said once: by its first argument a Cluster finds the slot.
  latchkeyMoveSeatsOfOne: { lua: moveSeats, numberOfKeys: 1 },
  latchkeyReleaseSeats: load("release-seats", 1),
  latchkeyRebuildSeats: load("rebuild-seats", 1),
};

declare module "ioredis" {
  interface RedisCommander<Context> {
    latchkeyAcquireSeat(
      seatsKey: string,
      machineId: string,
      maxSeats: number,
      ttlMs: number,
      sentinel: string,
      keepMs: number,
    ): Result<unknown, Context>;
    latchkeyRenewSeat(
      seatsKey: string,
      machineId: string,
      ttlMs: number,
      keepMs: number,
    ): Result<unknown, Context>;
    latchkeyMoveSeats(
      numberOfKeys: number,
      ...keysAndCountedMoves: (string | number)[]
    ): Result<unknown, Context>;
    latchkeyMoveSeatsOfOne(
      seatsKey: string,
      keepMs: number,
      ...countedMoves: (string | number)[]
    ): Result<unknown, Context>;
    latchkeyReleaseSeats(seatsKey: string, ...machineIds: string[]): Result<unknown, Context>;
    latchkeyRebuildSeats(
      seatsKey: string,
      how: "replace" | "add",
      sentinel: string,
      keepMs: number,
      ...machineIdsAndTtlMs: (string | number)[]
    ): Result<unknown, Context>;
  }
}
