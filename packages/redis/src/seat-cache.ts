import { randomUUID } from "node:crypto";
import { Cluster } from "ioredis";
import { z } from "zod";
import { away } from "./connection.ts";
import type { RedisConnection } from "./connection.ts";
import { createMoveSeat } from "./move-seats.ts";
import type { MovedSeat, SeatMove } from "./move-seats.ts";
import { keepMs, seatsKey, seatsPrefix } from "./seat-keys.ts";

/** What Redis believes about one license's seats; PostgreSQL alone grants. */
export type Reservation =
  | { readonly kind: "reserved"; readonly usedSeats: number }
  | { readonly kind: "full"; readonly usedSeats: number }
  /** Nothing is known of this license: rebuild before asking again. */
  | { readonly kind: "unknown" }
  | { readonly kind: "away" };

export interface CountedSeat {
  readonly machineId: string;
  /** Until the seat expires, by PostgreSQL. */
  readonly ttlMs: number;
}

/** Redis' part of the seats: fast, never the judge. No method throws because Redis is away. */
export interface SeatCache {
  /** Reserves a seat for the machine. Harmless when repeated. */
  acquire(request: {
    licenseId: string;
    machineId: string;
    maxSeats: number;
    ttlMs: number;
  }): Promise<Reservation>;
  /** Moves the machine's expiry where it is known to hold a seat; adds nobody. */
  move(seat: SeatMove): Promise<MovedSeat>;
  /** Moves the machine's expiry, adding it where it is missing; nobody need wait for it. */
  renew(seat: { licenseId: string; machineId: string; ttlMs: number }): Promise<void>;
  release(licenseId: string, machineIds: readonly string[]): Promise<void>;
  /**
   * Replaces what is known of the license by what PostgreSQL counts, at once; a large one is written in pieces
   * beforehand, so that others wait for a piece of it at most.
   */
  rebuild(licenseId: string, seats: readonly CountedSeat[]): Promise<void>;
  /** Makes every license unknown: for when the sandbox's clock jumps, which Redis' does not. */
  forgetAll(): Promise<void>;
}

/** Seats that are written at once; Redis serves nobody else meanwhile, for some ms. */
const pieceSize = 2000;
/** A piece that was written, and not yet taken, by a process that died. */
const pieceKeptMs = 60_000;
/** A member that never expires and that no machine id equals. */
const sentinel = "known";

const stagingKey = (licenseId: string): string => `${seatsKey(licenseId)}:${randomUUID()}`;

const count = z.int().min(0);
const AcquireReply = z.union([
  z.tuple([z.literal("unknown")]).transform(() => ({ kind: "unknown" as const })),
  z.tuple([z.literal("reserved"), count]).transform(([kind, usedSeats]) => ({ kind, usedSeats })),
  z.tuple([z.literal("full"), count]).transform(([kind, usedSeats]) => ({ kind, usedSeats })),
]);

/** The cache of seats on a connection. Its `acquire` throws ZodError on a reply that no script gives. */
export const createSeatCache = (connection: RedisConnection): SeatCache => ({
  acquire: async ({ licenseId, machineId, maxSeats, ttlMs }) => {
    const reply = await connection.attempt((client) =>
      client.latchkeyAcquireSeat(seatsKey(licenseId), machineId, maxSeats, ttlMs, sentinel, keepMs),
    );
    return reply === away ? { kind: "away" } : AcquireReply.parse(reply);
  },
  move: createMoveSeat(connection),
  renew: async ({ licenseId, machineId, ttlMs }) => {
    await connection.attempt((client) =>
      client.latchkeyRenewSeat(seatsKey(licenseId), machineId, ttlMs, keepMs),
    );
  },
  release: async (licenseId, machineIds) => {
    if (machineIds.length === 0) return;
    await connection.attempt((client) =>
      client.latchkeyReleaseSeats(seatsKey(licenseId), ...machineIds),
    );
  },
  rebuild: async (licenseId, seats) => {
    const toArguments = (piece: readonly CountedSeat[]): (string | number)[] =>
      piece.flatMap(({ machineId, ttlMs }) => [machineId, Math.ceil(ttlMs)]);
    await connection.attempt(async (client) => {
      const key = seatsKey(licenseId);
      if (seats.length <= pieceSize) {
        const written = toArguments(seats);
        return client.latchkeyRebuildSeats(key, "replace", sentinel, keepMs, ...written);
      }
      const staged = stagingKey(licenseId);
      for (let start = 0; start < seats.length; start += pieceSize) {
        const written = toArguments(seats.slice(start, start + pieceSize));
        await client.latchkeyRebuildSeats(staged, "add", sentinel, pieceKeptMs, ...written);
      }
      await client.pexpire(staged, keepMs);
      return client.rename(staged, key);
    });
  },
  forgetAll: async () => {
    await connection.attempt(async (client) => {
      const nodes = client instanceof Cluster ? client.nodes("master") : [client];
      for (const node of nodes) {
        for await (const keys of node.scanStream({ match: `${seatsPrefix}*`, count: 500 })) {
          // One by one: on a Cluster, a command of many keys must keep to one slot.
          await Promise.all(
            z
              .array(z.string())
              .parse(keys)
              .map((key) => node.unlink(key)),
          );
        }
      }
    });
  },
});
