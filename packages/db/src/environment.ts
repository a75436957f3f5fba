import { z } from "zod";

/** What a process must be told to reach PostgreSQL. */
export const databaseEnvironment = {
  DATABASE_URL: z.url({
    protocol: /^postgres(ql)?$/,
    error: "must be a PostgreSQL URL such as postgres://user:password@localhost:5432/latchkey",
  }),
  DATABASE_POOL_SIZE: z.coerce
    .number({ error: "must be a whole number from 1 to 500" })
    .int()
    .min(1)
    .max(500)
    .default(10),
};
