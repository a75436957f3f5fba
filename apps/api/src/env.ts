import path from "node:path";
import { coreEnvironment, parseEnvironment, secret } from "@latchkey/core/environment";
import { databaseEnvironment } from "@latchkey/db";
import { redisEnvironment } from "@latchkey/redis";
import { z } from "zod";

const appsDirectory = path.resolve(import.meta.dirname, "../..");

/** "false", "true", a number of proxies, or their addresses; as Express' "trust proxy" reads it. */
const TrustProxy = z
  .string()
  .regex(/^(true|false|\d{1,2}|[\da-fA-F.:/, ]+|(loopback|linklocal|uniquelocal)([, ].*)?)$/, {
    error: "must be false, true, the number of proxies in front, or their addresses",
  })
  .default("false")
  .transform((text) => {
    if (text === "true" || text === "false") return text === "true";
    return /^\d{1,2}$/.test(text) ? Number(text) : text;
  });

const Environment = z.object({
  ...coreEnvironment,
  ...databaseEnvironment,
  ...redisEnvironment,
  PORT: z.coerce
    .number({ error: "must be a whole number from 0 to 65535" })
    .int()
    .min(0)
    .max(65_535)
    .default(4700),
  LATCHKEY_PUBLIC_URL: coreEnvironment.LATCHKEY_PUBLIC_URL.optional(),
  DATABASE_URL: secret(databaseEnvironment.DATABASE_URL),
  REDIS_URL: secret(redisEnvironment.REDIS_URL),
  TRUST_PROXY: TrustProxy,
  METRICS_TOKEN: secret(
    z.string().min(16, { error: "must have at least 16 characters: `openssl rand -hex 32`" }),
  ).optional(),
  LATCHKEY_PORTAL_DIR: z.string().default(path.join(appsDirectory, "portal/dist")),
  LATCHKEY_ADMIN_DIR: z.string().default(path.join(appsDirectory, "admin/dist")),
});

export type Environment = Omit<z.output<typeof Environment>, "LATCHKEY_PUBLIC_URL"> & {
  readonly LATCHKEY_PUBLIC_URL: string;
};

/** Reads the variables. Throws EnvironmentError naming every one that is wrong and what it should be. */
export const readEnvironment = (variables: NodeJS.ProcessEnv = process.env): Environment => {
  const data = parseEnvironment(Environment, variables);
  const { LATCHKEY_PUBLIC_URL = `http://localhost:${data.PORT}` } = data;
  return { ...data, LATCHKEY_PUBLIC_URL };
};
