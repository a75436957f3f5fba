import { coreEnvironment, parseEnvironment, secret } from "@latchkey/core/environment";
import { databaseEnvironment } from "@latchkey/db";
import { redisEnvironment } from "@latchkey/redis";
import { z } from "zod";

const Environment = z
  .object({
    ...coreEnvironment,
    ...databaseEnvironment,
    ...redisEnvironment,
    DATABASE_URL: secret(databaseEnvironment.DATABASE_URL),
    REDIS_URL: secret(redisEnvironment.REDIS_URL),
    SMTP_URL: secret(
      z.url({
        protocol: /^smtps?$/,
        error: "must be an SMTP URL such as smtp://user:password@mail.example.com:587",
      }),
    ).optional(),
    LATCHKEY_MAIL_FROM: z.string().optional(),
  })
  .superRefine((environment, context) => {
    if (environment.LATCHKEY_MODE !== "production") return;
    for (const name of ["SMTP_URL", "LATCHKEY_MAIL_FROM"] as const) {
      if (environment[name] !== undefined) continue;
      context.addIssue({ code: "custom", path: [name], message: "must be set in production" });
    }
  });

export type Environment = z.infer<typeof Environment>;

/** Reads the variables. Throws EnvironmentError naming every one that is wrong and what it should be. */
export const readEnvironment = (variables: NodeJS.ProcessEnv = process.env): Environment =>
  parseEnvironment(Environment, variables);
