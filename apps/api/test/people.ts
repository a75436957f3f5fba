import type { EventType } from "@latchkey/contracts";
import type { Vault } from "@latchkey/core";
import { newId, transact } from "@latchkey/db";
import type { Database } from "@latchkey/db";
import { outboxEvents } from "@latchkey/db/schema";
import { codeNow } from "@latchkey/testing/authenticator-code";
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

/** The code of this half minute for the secret of an otpauth URI. */
export const totpOf = (totpUri: string): string =>
  codeNow(new URL(totpUri).searchParams.get("secret") ?? "");
