import { readFileSync } from "node:fs";
import type { Result } from "ioredis";

/** One atomic operation per file; the number of keys stands at the end of its name. */
const load = (name: string, numberOfKeys: number) => ({
  numberOfKeys,
  lua: readFileSync(new URL(`../scripts/${name}-${numberOfKeys}.lua`, import.meta.url), "utf8"),
});

/** The scripts as ioredis defines them on a client. Replies are unknown until their wrapper parses them. */
export const scripts = {
  latchkeyAcquireSeat: load("acquire-seat", 1),
  latchkeyRenewSeat: load("renew-seat", 1),
  latchkeyMoveSeat: load("move-seat", 1),
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
    latchkeyMoveSeat(
      seatsKey: string,
      machineId: string,
      ttlMs: number,
      keepMs: number,
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
