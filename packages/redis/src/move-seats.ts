import { Cluster } from "ioredis";
import { z } from "zod";
import { away } from "./connection.ts";
import type { RedisConnection } from "./connection.ts";
import { keepMs, seatsKey } from "./seat-keys.ts";

/** What Redis knew of a machine whose seat it was told to move. */
export type MovedSeat =
  | { readonly kind: "moved"; readonly usedSeats: number }
  /** The license is known, and the machine not among those that hold its seats. */
  | { readonly kind: "missing" }
  | { readonly kind: "unknown" }
  | { readonly kind: "away" };

export interface SeatMove {
  readonly licenseId: string;
  readonly machineId: string;
  readonly ttlMs: number;
}

interface Waiting extends SeatMove {
  readonly settle: PromiseWithResolvers<MovedSeat>;
}

/** Redis serves nobody else meanwhile, for a fraction of a millisecond. */
const maxTogether = 200;

const Reply = z.array(z.int().min(-2));

const toMoved = (usedSeats: number | undefined): MovedSeat => {
  if (usedSeats === undefined) return { kind: "away" };
  if (usedSeats >= 0) return { kind: "moved", usedSeats };
  return { kind: usedSeats === -1 ? "missing" : "unknown" };
};

const inPieces = <Item>(items: readonly Item[]): Item[][] =>
  Array.from({ length: Math.ceil(items.length / maxTogether) }, (_, piece) =>
    items.slice(piece * maxTogether, (piece + 1) * maxTogether),
  );

/**
 * Moves seats, those that are asked for in the same turn of the event loop by one command: a command for each would
 * cost the process more than all else that it does for Redis. On a Cluster it is one for each license, since a command
 * keeps to one slot. A reply that the script never gives counts as none: away.
 */
export const createMoveSeat = (connection: RedisConnection) => {
  let waiting: Waiting[] = [];

  const moveTogether = async (moves: readonly Waiting[]): Promise<void> => {
    const byLicense = [...Map.groupBy(moves, ({ licenseId }) => licenseId)];
    const [key = "", ...others] = byLicense.map(([licenseId]) => seatsKey(licenseId));
    const told = byLicense.flatMap(([, seats]) => [
      seats.length,
      ...seats.flatMap(({ machineId, ttlMs }) => [machineId, ttlMs]),
    ]);
    const reply = await connection.attempt(async (client) =>
      Reply.parse(
        client instanceof Cluster
          ? await client.latchkeyMoveSeatsOfOne(key, keepMs, ...told)
          : await client.latchkeyMoveSeats(byLicense.length, key, ...others, keepMs, ...told),
      ),
    );
    const used = reply === away ? [] : reply;
    const answered = byLicense.flatMap(([, seats]) => seats);
    for (const [index, { settle }] of answered.entries()) settle.resolve(toMoved(used[index]));
  };

  const moveAll = (): void => {
    const moves = waiting;
    waiting = [];
    const groups =
      connection.client instanceof Cluster
        ? [...Map.groupBy(moves, ({ licenseId }) => licenseId).values()].flatMap(inPieces)
        : inPieces(moves);
    for (const group of groups) {
      moveTogether(group).catch((error: unknown) => {
        for (const { settle } of group) settle.reject(error);
      });
    }
  };

  return (seat: SeatMove): Promise<MovedSeat> => {
    const settle = Promise.withResolvers<MovedSeat>();
    if (waiting.push({ ...seat, settle }) === 1) setImmediate(moveAll);
    return settle.promise;
  };
};
