import type { Socket } from "node:net";
import { makePgArray, parsePgArray } from "drizzle-orm/pg-core";
import { drizzle } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { z } from "zod";
import { connectionError } from "./connection-error.ts";
import { createConnectionPool } from "./connection-pool.ts";
import type { ConnectionPool, PooledConnection, PoolUse } from "./connection-pool.ts";
import { serverSettings, workLimits } from "./limits.ts";
import type { DatabaseLimits } from "./limits.ts";
import { byKeysAlone } from "./plans-by-keys.ts";
import * as schema from "./schema/index.ts";
import { createSocketFactory } from "./watched-socket.ts";

/** The role of every application connection: it owns nothing and cannot pass row-level security. */
const appRole = "latchkey_app";

/** For LISTEN's statements, readiness and the like, beside the pool, so that neither waits for the other. */
const plainConnections = 2;

/** For statements of the house, which are short and seldom more than two at a time. */
const systemConnections = 3;

const connectDrizzle = (client: postgres.Sql) => drizzle(client, { schema });

/** A pool of connections as the application's role. */
export interface Database {
  readonly drizzle: ReturnType<typeof connectDrizzle>;
  /**
   * Statements in the scope of the house itself, each a transaction of its own: one way to PostgreSQL and back where
   * `transact` takes four. On connections of their own, since a connection of the pool sees nothing outside of a
   * transaction, and by the driver itself, since their cost matters. Reached by `executeAsSystem`.
   */
  readonly systemStatements: Pick<ConnectionPool, "run">;
  /** The driver itself, on two connections of its own: for LISTEN and single statements; `begin` is the pool's. */
  readonly sql: postgres.Sql;
  poolUse(): PoolUse;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  /** Connections at most, beside three for statements of the house, two for others and one for LISTEN; 10 unless told. */
  readonly poolSize?: number;
  /** Shows in pg_stat_activity. */
  readonly applicationName: string;
  /** `workLimits` unless told; a process that answers requests takes `requestLimits`. */
  readonly limits?: DatabaseLimits;
  /** Told how long somebody waited for a connection of the pool, where none was free at once. */
  readonly onWait?: (seconds: number) => void;
}

/** Of PostgreSQL's pg_type: what the driver would ask for, were it safe to let it ask. */
const uuidArray = 2951;
const textArray = 1009;

const Elements = z.array(z.string());

const arrayOf = (type: number): postgres.PostgresType<string | string[]> => ({
  to: type,
  from: [type],
  serialize: (value: string | string[]) => (Array.isArray(value) ? makePgArray(value) : value),
  parse: (text: string) => Elements.parse(parsePgArray(text)),
});

interface ClientOptions {
  readonly max: number;
  /** Whose rows its statements see outside of a transaction that says so; nobody's unless told. */
  readonly scope?: "system" | undefined;
  readonly onSocket?: (socket: Socket) => void;
  readonly onclose?: () => void;
}

/** A client of the driver whose sockets never hang; `onSocket` may refuse one by answering an error. */
const createClient = (
  { url, applicationName, limits = workLimits }: DatabaseOptions,
  { max, scope, onSocket, onclose }: ClientOptions,
): postgres.Sql => {
  // The driver reads the address for us, and opens nothing; the sockets do what it would do for TLS.
  const openSocket = createSocketFactory(postgres(url).options, limits.silenceMs);
  const options = {
    max,
    ssl: false,
    connect_timeout: 5,
    keep_alive: 10,
    // Seconds before a lost connection is made anew; the driver's own grow to 20, and all work waits.
    backoff: (attempt: number) => Math.min(0.05 * 2 ** attempt, 1),
    onnotice: () => undefined,
    // The driver asks for them behind every new connection; where that one is lost just then, nobody catches it.
    fetch_types: false,
    types: { uuids: arrayOf(uuidArray), texts: arrayOf(textArray) },
    ...(onclose && { onclose }),
    connection: {
      application_name: applicationName,
      role: appRole,
      ...(scope && { "latchkey.scope": scope, ...byKeysAlone }),
      ...serverSettings(limits),
    },
    socket: async () => {
      const socket = await openSocket();
      onSocket?.(socket);
      return socket;
    },
  };
  return postgres(url, options);
};

/** A client of one connection, which is lost at its first close: the driver's way of making it anew is unsafe. */
const openConnection = (
  database: DatabaseOptions,
  scope: ClientOptions["scope"],
): PooledConnection => {
  let lost = false;
  const lose = (): void => {
    if (lost) return;
    lost = true;
    void sql.end({ timeout: 0 });
  };
  const sql = createClient(database, {
    max: 1,
    scope,
    onclose: lose,
    onSocket: (opened) => {
      opened.on("error", lose);
      opened.on("close", lose);
      if (!lost) return;
      opened.destroy(connectionError("CONNECTION_CLOSED", "This connection was given up."));
    },
  });
  // Teaches the client drizzle's way with dates.
  drizzle(sql);
  return {
    sql,
    isLost: () => lost,
    lose,
  };
};

/** The driver as drizzle knows it, with every statement and transaction sent by the pool. */
const createPooledClient = (database: DatabaseOptions, pool: ConnectionPool): postgres.Sql =>
  Object.assign(createClient(database, { max: 1 }), {
    begin: pool.begin,
    unsafe: (query: string, parameters?: postgres.ParameterOrJSON<never>[]) => {
      let rowsAsArrays = false;
      const result = Promise.resolve().then(() =>
        pool.run(async (sql) => {
          const pending = sql.unsafe(query, parameters);
          return rowsAsArrays ? pending.values() : pending;
        }),
      );
      return Object.assign(result, {
        values: () => {
          rowsAsArrays = true;
          return result;
        },
      });
    },
  });

/**
 * Opens a pool lazily: no connection is made before the first query. Nothing that is asked of it waits for ever: see
 * `DatabaseLimits`.
 */
export const connectDatabase = (options: DatabaseOptions): Database => {
  const { poolSize = 10, limits = workLimits } = options;
  const createPool = (size: number, scope?: ClientOptions["scope"]): ConnectionPool =>
    createConnectionPool({
      size,
      patienceMs: limits.patienceMs,
      connect: () => openConnection(options, scope),
      onWait: options.onWait,
    });
  const pools = { any: createPool(poolSize), system: createPool(systemConnections, "system") };
  const pooled = createPooledClient(options, pools.any);
  const sql = Object.assign(createClient(options, { max: plainConnections }), {
    begin: pools.any.begin,
  });
  return {
    drizzle: connectDrizzle(pooled),
    systemStatements: pools.system,
    sql,
    poolUse: pools.any.use,
    close: async () => {
      const clients = [pooled, sql];
      await Promise.all([
        ...Object.values(pools).map((pool) => pool.close()),
        ...clients.map((client) => client.end({ timeout: 5 })),
      ]);
    },
  };
};
