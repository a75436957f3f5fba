import { createSandboxGateway } from "@latchkey/adapters/gateways";
import { createSmtpTransport, createStoredTransport, renderMail } from "@latchkey/adapters/mail";
import { createVault } from "@latchkey/core";
import type { CoreDeps } from "@latchkey/core";
import type { Log } from "@latchkey/core/ports";
import { connectDatabase } from "@latchkey/db";
import { connectRedis, createRateLimits, createSeatCache } from "@latchkey/redis";
import type { Environment } from "./env.ts";

const mailTransport = ({ SMTP_URL, LATCHKEY_MAIL_FROM }: Environment) =>
  SMTP_URL !== undefined && LATCHKEY_MAIL_FROM !== undefined
    ? createSmtpTransport({ url: SMTP_URL.reveal(), from: LATCHKEY_MAIL_FROM })
    : createStoredTransport();

/** Builds what the core is given, once per process; `close` lets go of it in reverse order. */
export const createDeps = (
  environment: Environment,
  log: Log,
): { deps: CoreDeps; close: () => Promise<void> } => {
  const publicUrl = environment.LATCHKEY_PUBLIC_URL;
  const mode = environment.LATCHKEY_MODE;
  const database = connectDatabase({
    url: environment.DATABASE_URL.reveal(),
    poolSize: environment.DATABASE_POOL_SIZE,
    applicationName: "latchkey-worker",
  });
  const redis = connectRedis({
    url: environment.REDIS_URL.reveal(),
    cluster: environment.REDIS_CLUSTER,
  });
  const deps: CoreDeps = {
    database,
    seatCache: createSeatCache(redis),
    rateLimits: createRateLimits(redis),
    vault: createVault(environment.LATCHKEY_SECRET.reveal()),
    gateways: mode === "sandbox" ? { sandbox: createSandboxGateway({ publicUrl }) } : {},
    renderMail,
    mailTransport: mailTransport(environment),
    log,
    settings: { mode, publicUrl, gateway: mode === "sandbox" ? "sandbox" : "stripe" },
  };
  return {
    deps,
    close: async () => {
      await redis.close();
      await database.close();
    },
  };
};
