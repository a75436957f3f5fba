import path from "node:path";
import { databaseEnvironment } from "@latchkey/db";
import { redisEnvironment } from "@latchkey/redis";
import { z } from "zod";

const appsDirectory = path.resolve(import.meta.dirname, "../..");

/** Text that log lines and error messages show as [redacted]; `reveal` is where it is used. */
export class Secret {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  reveal(): string {
    return this.#text;
  }
  toString(): string {
    return "[redacted]";
  }
  toJSON(): string {
    return "[redacted]";
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "[redacted]";
  }
}

const secret = (schema: z.ZodType<string>) => schema.transform((text) => new Secret(text));

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
  PORT: z.coerce
    .number({ error: "must be a whole number from 0 to 65535" })
    .int()
    .min(0)
    .max(65_535)
    .default(4700),
  LATCHKEY_MODE: z
    .enum(["sandbox", "production"], { error: "must be sandbox or production" })
    .default("sandbox"),
  LATCHKEY_SECRET: secret(
    z
      .string({ error: "must be set: at least 32 characters that nobody can guess" })
      .min(32, { error: "must have at least 32 characters" }),
  ),
  LATCHKEY_PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: "must be an http or https address" })
    .transform((url) => url.replace(/\/+$/, ""))
    .optional(),
  DATABASE_URL: secret(databaseEnvironment.DATABASE_URL),
  DATABASE_POOL_SIZE: databaseEnvironment.DATABASE_POOL_SIZE,
  REDIS_URL: secret(redisEnvironment.REDIS_URL),
  REDIS_CLUSTER: redisEnvironment.REDIS_CLUSTER,
  TRUST_PROXY: TrustProxy,
  LOG_LEVEL: z
    .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"], {
      error: "must be fatal, error, warn, info, debug, trace or silent",
    })
    .default("info"),
  LATCHKEY_PORTAL_DIR: z.string().default(path.join(appsDirectory, "portal/dist")),
  LATCHKEY_ADMIN_DIR: z.string().default(path.join(appsDirectory, "admin/dist")),
});

export type Environment = Omit<z.output<typeof Environment>, "LATCHKEY_PUBLIC_URL"> & {
  readonly LATCHKEY_PUBLIC_URL: string;
};

/** What is wrong with the environment, every variable of it in one message that prints no value. */
export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError";
}

/** An empty variable is an unset one, as in every shell. */
const withoutEmpty = (variables: NodeJS.ProcessEnv) =>
  Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ""));

/** Reads the variables. Throws EnvironmentError naming every one that is wrong and what it should be. */
export const readEnvironment = (variables: NodeJS.ProcessEnv = process.env): Environment => {
  const { success, data, error } = Environment.safeParse(withoutEmpty(variables));
  if (!success) {
    const lines = error.issues.map(({ path: [name], message }) => `  ${String(name)} ${message}`);
    throw new EnvironmentError(`The environment is not right:\n${lines.join("\n")}`);
  }
  const { LATCHKEY_PUBLIC_URL = `http://localhost:${data.PORT}` } = data;
  return { ...data, LATCHKEY_PUBLIC_URL };
};
