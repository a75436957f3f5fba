import { systemCall } from "@latchkey/core";
import type { Call } from "@latchkey/core";
import type { Database } from "@latchkey/db";
import type { RedisConnection } from "@latchkey/redis";
import { Gauge } from "prom-client";
import type { Registry } from "prom-client";

/** As old as a count of the held seats may be. */
const countEveryMs = 30_000;
/** A scrape waits no longer for a count; what comes later is told at the next one. */
const countPatienceMs = 2000;

export interface StateDeps {
  readonly database: Pick<Database, "poolUse">;
  readonly redis: Pick<RedisConnection, "isAway">;
  readonly core: { readonly licensing: { countHeldSeats(call: Call): Promise<number> } };
}

/** Adds the gauges that are read when somebody scrapes, and only then. */
export const addStateMetrics = (
  registry: Registry,
  { database, redis, core: { licensing } }: StateDeps,
): void => {
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  gauge("latchkey_redis_near", "1 while Redis answers this process, else 0", () =>
    redis.isAway() ? 0 : 1,
  );
  const pool = "Connections to PostgreSQL for transactions:";
  gauge("latchkey_postgres_pool_size", `${pool} at most`, () => database.poolUse().size);
  gauge("latchkey_postgres_pool_busy", `${pool} in use`, () => database.poolUse().busy);
  gauge(
    "latchkey_postgres_pool_waiting",
    "Transactions in line for a connection",
    () => database.poolUse().waiting,
  );

  let countedAtMs = -Infinity;
  let counting: Promise<void> | null = null;
  new Gauge({
    name: "latchkey_seats_held",
    help: "Seats held of all licenses, by PostgreSQL: every node tells the same, so never sum over nodes",
    registers,
    async collect() {
      if (performance.now() - countedAtMs > countEveryMs && counting === null) {
        countedAtMs = performance.now();
        counting = licensing
          .countHeldSeats(systemCall("count-held-seats"))
          // An old figure would look like a fresh one: without PostgreSQL there is none.
          .then(
            (held) => this.set(held),
            () => this.remove(),
          )
          .finally(() => (counting = null));
      }
      if (counting === null) return;
      const patience = Promise.withResolvers<void>();
      const timer = setTimeout(patience.resolve, countPatienceMs);
      await Promise.race([counting, patience.promise]);
      clearTimeout(timer);
    },
  });
};
