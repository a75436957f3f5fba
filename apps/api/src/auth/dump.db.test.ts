import { createTestCore, testSecret } from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import { transact } from "@latchkey/db";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { createAuth } from "./index.ts";
import { serveAuth, textOf } from "../../test/auth-server.ts";
import { freshEmail, goodPassword, newestLink, signIn, signUp, totpOf } from "../../test/people.ts";

let house: TestCore;
let server: Awaited<ReturnType<typeof serveAuth>>;

beforeAll(async () => {
  house = await createTestCore();
  const { core, database, redis, deps } = house;
  const { settings, log } = deps;
  const auth = createAuth({ core, database, redis, secret: testSecret, settings, log });
  server = await serveAuth(auth, settings.publicUrl);
});

afterAll(async () => {
  await server.close();
  await house.close();
});

const Enrolment = z.object({ totpURI: z.string(), backupCodes: z.array(z.string()) });
const Row = z.record(z.string(), z.string().nullable());

const tables = [
  "users",
  "user_sessions",
  "user_accounts",
  "verifications",
  "two_factors",
  "outbox_events",
  "audit_entries",
  "mails",
];

/** Every value of every column of these tables, as text: what a thief of a backup reads. */
const dump = (): Promise<string[]> =>
  transact(house.database, { kind: "system" }, async ({ db }) => {
    const found: string[] = [];
    for (const table of tables) {
      const rows = await db.execute(
        sql`select pair.value from ${sql.identifier(table)} as one, jsonb_each_text(to_jsonb(one)) as pair`,
      );
      for (const row of rows) found.push(Row.parse(row)["value"] ?? "");
    }
    return found.filter((value) => value !== "");
  });

/** What might be tried of a value: itself, and the parts that look like a token or hold one. */
const guessesOf = (value: string): string[] => [
  value,
  ...value.split(/[\s"{}[\]:,;$=]+/).filter((part) => part.length >= 8 && part !== value),
];

/** What bytes say that stand in the dump as hexadecimal or as base64. */
const decoded = (part: string): string[] => [
  ...(/^\\x[0-9a-f]+$/.test(part) ? [Buffer.from(part.slice(2), "hex").toString("latin1")] : []),
  ...(/^[\w+/-]{8,}$/.test(part) ? [Buffer.from(part, "base64").toString("latin1")] : []),
];

test("a dump of the database yields no usable password, session, reset token or second factor", async () => {
  const email = freshEmail();
  const owner = server.aVisitor();
  await signUp(owner, email);
  await signIn(owner, email);
  const enabled = await owner.post("/api/auth/two-factor/enable", { password: goodPassword });
  const { totpURI, backupCodes } = Enrolment.parse(enabled.body);
  await owner.post("/api/auth/two-factor/verify-totp", { code: totpOf(totpURI) });
  await owner.post("/api/auth/request-password-reset", { email });
  const vaultAndDatabase = { database: house.database, vault: house.deps.vault };
  const link = await newestLink(vaultAndDatabase, "user.password_reset_requested");
  const resetToken = new URL(link, "http://localhost").searchParams.get("token") ?? "";
  const verifyLink = await newestLink(vaultAndDatabase, "user.verification_requested");
  const verifyToken = new URL(verifyLink, "http://localhost").searchParams.get("token") ?? "";

  const values = await dump();
  const everything = [...values, ...values.flatMap(guessesOf).flatMap(decoded)].join("\n");
  expect(everything).toContain(email);
  const secretText = new URL(totpURI).searchParams.get("secret") ?? "";
  expect(resetToken.length).toBeGreaterThan(20);
  for (const secret of [goodPassword, resetToken, verifyToken, secretText, ...backupCodes]) {
    expect(everything).not.toContain(secret);
  }
  for (const [, cookie] of owner.cookies) expect(everything).not.toContain(cookie);

  const guesses = [...new Set(values.flatMap(guessesOf))];
  expect(guesses.length).toBeGreaterThan(30);
  for (const guess of guesses) {
    const text = encodeURIComponent(guess);
    const asBearer = { authorization: `Bearer ${text}` };
    const asCookie = { cookie: `latchkey.session_token=${text}` };
    expect((await server.aVisitor().get("/identity", asBearer)).body).toBeNull();
    expect((await server.aVisitor().get("/identity", asCookie)).body).toBeNull();
    const reset = await server.aVisitor().post("/api/auth/reset-password", {
      token: guess.slice(0, 256),
      newPassword: "velvet harbor nineteen onion",
    });
    expect(reset.status).toBe(400);
  }
  expect(textOf(await owner.get("/identity"), "email")).toBe(email);
  const stillGood = await server.aVisitor().post("/api/auth/reset-password", {
    token: resetToken,
    newPassword: "velvet harbor nineteen onion",
  });
  expect(stillGood.status).toBe(200);
});
