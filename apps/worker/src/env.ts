import { databaseEnvironment } from "@latchkey/db";
import { redisEnvironment } from "@latchkey/redis";
import { z } from "zod";

const fragment = {
  ...databaseEnvironment,
  ...redisEnvironment,
  LATCHKEY_MODE: z
    .enum(["sandbox", "production"], { error: "must be sandbox or production" })
    .default("sandbox"),
  LATCHKEY_SECRET: z
    .string({ error: "must be set, to at least 32 random characters" })
    .min(32, { error: "must have at least 32 characters: `openssl rand -base64 48` makes them" }),
  LATCHKEY_PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: "must be an address such as https://licenses.example.com" })
    .transform((url) => url.replace(/\/+$/, "")),
  SMTP_URL: z
    .url({
      protocol: /^smtps?$/,
      error: "must be an SMTP URL such as smtp://user:password@mail.example.com:587",
    })
    .optional(),
  LATCHKEY_MAIL_FROM: z.string().optional(),
  LOG_LEVEL: z
    .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"], {
      error: "must be fatal, error, warn, info, debug, trace or silent",
    })
    .default("info"),
};

const Environment = z.object(fragment).superRefine((environment, context) => {
  if (environment.LATCHKEY_MODE !== "production") return;
  for (const name of ["SMTP_URL", "LATCHKEY_MAIL_FROM"] as const) {
    if (environment[name] !== undefined) continue;
    context.addIssue({ code: "custom", path: [name], message: "must be set in production" });
  }
});

export type Environment = z.infer<typeof Environment>;

/** Everything that is wrong with the settings, one line for each variable; no value is shown. */
export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError";
}

/**
 * Reads the worker's settings from `source`; a variable that is set to nothing counts as not set.
 * Throws EnvironmentError naming every variable that is wrong and what it should be.
 */
export const parseEnvironment = (
  source: Readonly<Record<string, string | undefined>>,
): Environment => {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const { data, error } = Environment.safeParse(given);
  if (data) return data;
  const lines = error.issues.map(({ path, message }) => `  ${path.join(".")} ${message}`);
  throw new EnvironmentError(`The worker cannot start with these settings:\n${lines.join("\n")}`);
};

export const readEnvironment = (): Environment => parseEnvironment(process.env);
