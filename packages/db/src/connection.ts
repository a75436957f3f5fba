import { drizzle } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import * as schema from "./schema/index.ts";

/** The role of every application connection: it owns nothing and cannot pass row-level security. */
const appRole = "latchkey_app";

const connectDrizzle = (client: postgres.Sql) => drizzle(client, { schema });

/** A pool of connections as the application's role. */
export interface Database {
  readonly drizzle: ReturnType<typeof connectDrizzle>;
  /** The driver itself: for LISTEN, and for statements whose cost matters. */
  readonly sql: postgres.Sql;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  /** Connections at most; 10 unless told. */
  readonly poolSize?: number;
  /** Shows in pg_stat_activity. */
  readonly applicationName: string;
}

/** Opens a pool lazily: no connection is made before the first query. */
export const connectDatabase = ({
  url,
  poolSize = 10,
  applicationName,
}: DatabaseOptions): Database => {
  const sql = postgres(url, {
    max: poolSize,
    connect_timeout: 5,
    // Seconds before a lost connection is made anew; the driver's own grow to 20, and all work waits.
    backoff: (attempt) => Math.min(0.05 * 2 ** attempt, 1),
    onnotice: () => undefined,
    connection: { application_name: applicationName, role: appRole },
  });
  return { drizzle: connectDrizzle(sql), sql, close: () => sql.end({ timeout: 5 }) };
};
