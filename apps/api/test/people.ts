import { createHmac } from "node:crypto";
import type { EventType } from "@latchkey/contracts";
import type { Vault } from "@latchkey/core";
import { newId, transact } from "@latchkey/db";
import type { Database } from "@latchkey/db";
import { outboxEvents } from "@latchkey/db/schema";
import { desc, eq } from "drizzle-orm";
import { z } from "zod";
import type { Visitor } from "./auth-server.ts";

export const goodPassword = "copper lantern sixty gravel";

const SealedUrl = z.looseObject({ sealedUrl: z.string() });

/** The path and query of the link in the newest event of the type. */
export const newestLink = async (
  { database, vault }: { database: Database; vault: Vault },
  type: EventType,
): Promise<string> => {
  const [row] = await transact(database, { kind: "system" }, ({ db }) =>
    db
      .select({ payload: outboxEvents.payload })
      .from(outboxEvents)
      .where(eq(outboxEvents.type, type))
      .orderBy(desc(outboxEvents.id))
      .limit(1),
  );
  const { sealedUrl } = SealedUrl.parse(row?.payload);
  const { pathname, search } = new URL(
    vault.open("event-secret", Buffer.from(sealedUrl, "base64url")),
  );
  return `${pathname}${search}`;
};

export const countEvents = async (database: Database, type: EventType): Promise<number> => {
  const rows = await transact(database, { kind: "system" }, ({ db }) =>
    db.select({ id: outboxEvents.id }).from(outboxEvents).where(eq(outboxEvents.type, type)),
  );
  return rows.length;
};

export const freshEmail = (): string => `${newId()}@example.com`;

export const signUp = (visitor: Visitor, email: string, password = goodPassword) =>
  visitor.post("/api/auth/sign-up/email", { name: "Ada", email, password });

export const signIn = (visitor: Visitor, email: string, password = goodPassword) =>
  visitor.post("/api/auth/sign-in/email", { email, password });

const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The code of this half minute for the secret of an otpauth URI (RFC 6238, six digits, SHA-1). */
export const totpOf = (totpUri: string): string => {
  const secret = new URL(totpUri).searchParams.get("secret") ?? "";
  const bits = Array.from(secret)
    .map((symbol) => base32.indexOf(symbol).toString(2).padStart(5, "0"))
    .join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((octet) => Number.parseInt(octet, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const digest = createHmac("sha1", key).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
};
