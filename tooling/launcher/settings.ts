import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { OperatorError } from "../services/operator-error.ts";
import { root, stateDirectory } from "./paths.ts";

export interface Settings {
  port: number;
  publicUrl: string;
  /** The server of the person's own, else null: then a private one is started. */
  databaseUrl: string | null;
  redisUrl: string | null;
  /** Whom the seed makes the first staff member. */
  staffEmail: string;
}

/** A variable that is set to nothing counts as not set. */
const read = (name: string): string | null => process.env[name] || null;

const readUrl = (name: string, protocols: string[], example: string): string | null => {
  const value = read(name);
  if (value === null) return null;
  if (URL.canParse(value) && protocols.includes(new URL(value).protocol)) return value;
  throw new OperatorError(
    `${name} is not a URL such as ${example}: correct it, or unset it to use a private server.`,
  );
};

/** Reads .env and the environment, which wins. Throws OperatorError naming the variable that is wrong. */
export const readSettings = (): Settings => {
  const envFile = path.join(root, ".env");
  if (existsSync(envFile)) process.loadEnvFile(envFile);
  const portText = read("PORT") ?? "4700";
  const port = Number(portText);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new OperatorError(
      `PORT must be a whole number from 1 to 65535, and it is "${portText}".`,
    );
  }
  return {
    port,
    publicUrl: read("LATCHKEY_PUBLIC_URL") ?? `http://localhost:${port}`,
    databaseUrl: readUrl(
      "DATABASE_URL",
      ["postgres:", "postgresql:"],
      "postgres://user:password@localhost:5432/latchkey",
    ),
    redisUrl: readUrl("REDIS_URL", ["redis:", "rediss:"], "redis://localhost:6379"),
    // Nobody can get mail there, as it should be where no mail leaves.
    staffEmail: read("LATCHKEY_STAFF_EMAIL") ?? "staff@latchkey.test",
  };
};

/** What the sandbox needs and nobody should have to invent. */
export interface Secrets {
  LATCHKEY_SECRET: string;
  LATCHKEY_STAFF_PASSWORD: string;
}

const makers: Record<keyof Secrets, () => string> = {
  LATCHKEY_SECRET: () => randomBytes(32).toString("base64url"),
  LATCHKEY_STAFF_PASSWORD: () => randomBytes(12).toString("base64url"),
};

/**
 * The secrets of this clone: made at the first start, kept in .latchkey/secrets.json for the owner's eyes, so that
 * the next start can read what this one sealed. The environment wins.
 */
export const readSecrets = (): Secrets => {
  const file = path.join(stateDirectory, "secrets.json");
  const parsed: unknown = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  const kept = new Map(Object.entries(parsed ?? {}).map(([name, value]) => [name, String(value)]));
  const secretOf = (name: keyof Secrets): string => {
    const value = kept.get(name) ?? makers[name]();
    kept.set(name, value);
    return read(name) ?? value;
  };
  const secrets: Secrets = {
    LATCHKEY_SECRET: secretOf("LATCHKEY_SECRET"),
    LATCHKEY_STAFF_PASSWORD: secretOf("LATCHKEY_STAFF_PASSWORD"),
  };
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`, { mode: 0o600 });
  return secrets;
};
