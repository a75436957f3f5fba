import { execFile } from "node:child_process";
import path from "node:path";
import { createTestCore, testSecret } from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import { systemCall } from "@latchkey/core";
import { newId, transact } from "@latchkey/db";
import { auditEntries, products, staffMembers, userSessions, users } from "@latchkey/db/schema";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAuth } from "../auth/index.ts";
import { serveAuth } from "../../test/auth-server.ts";
import { goodPassword, signIn, signUp } from "../../test/people.ts";

let house: TestCore;
let server: Awaited<ReturnType<typeof serveAuth>>;
let environment: Record<string, string>;

beforeAll(async () => {
  house = await createTestCore();
  const { core, database, redis, deps, databaseUrl, redisUrl } = house;
  const { settings, log } = deps;
  server = await serveAuth(
    createAuth({ core, database, redis, secret: testSecret, settings, log }),
    settings.publicUrl,
  );
  environment = {
    PATH: process.env["PATH"] ?? "",
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    LATCHKEY_SECRET: testSecret,
  };
});

afterAll(async () => {
  await server.close();
  await house.close();
});

/** Runs a command as an operator does, with this environment and nothing of ours. */
const run = (name: string, variables: Record<string, string> = {}, args: string[] = []) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const file = path.join(import.meta.dirname, `${name}.ts`);
    const env = { ...environment, ...variables };
    const child = execFile(process.execPath, [file, ...args], { env }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });

/** The database's URL with one part of it changed. */
const withUrl = (change: (url: URL) => void): { DATABASE_URL: string } => {
  const url = new URL(house.databaseUrl);
  change(url);
  return { DATABASE_URL: url.href };
};

describe("migrate", () => {
  test("is done at once where there is nothing to do", async () => {
    const { code, stdout } = await run("migrate");
    expect(stdout).toBe("The database is up to date.\n");
    expect(code).toBe(0);
  });

  test.each([
    ["a wrong DATABASE_URL", () => ({ DATABASE_URL: "mysql://x" }), 2, "DATABASE_URL must be"],
    [
      "a server that is not there",
      () => withUrl((url) => (url.port = "1")),
      1,
      "Nothing listens at",
    ],
    [
      "a database that is missing",
      () => withUrl((url) => (url.pathname = "/nowhere")),
      1,
      "createdb nowhere",
    ],
  ] as const)("fails on %s with one sentence", async (_title, variables, exitCode, words) => {
    const { code, stderr } = await run("migrate", variables());
    expect(code).toBe(exitCode);
    expect(stderr).toContain(words);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });
});

describe("seed", () => {
  const sandbox = { LATCHKEY_MODE: "sandbox", LATCHKEY_STAFF_PASSWORD: "sandbox password" };
  const production = {
    LATCHKEY_MODE: "production",
    LATCHKEY_STAFF_EMAIL: "Olga@Vendor.example",
    LATCHKEY_STAFF_PASSWORD: goodPassword,
  };

  test("makes the catalog and the sandbox's staff, and again makes nothing", async () => {
    expect((await run("seed", sandbox)).code).toBe(0);
    const again = await run("seed", sandbox);
    expect(again.code).toBe(0);
    expect(again.stdout + again.stderr).not.toContain("sandbox password");
    expect(await house.database.drizzle.select().from(products)).toHaveLength(1);
    const answer = await signIn(server.aVisitor(), "staff@latchkey.test", "sandbox password");
    expect(answer.body).toMatchObject({ user: { emailVerified: true } });
    const staff = await house.database.drizzle.select().from(staffMembers);
    expect(staff.map(({ role }) => role)).toEqual(["admin"]);
  });

  test("makes the sandbox's given password work", async () => {
    const changed = { ...sandbox, LATCHKEY_STAFF_PASSWORD: "another password" };
    expect((await run("seed", changed)).code).toBe(0);
    const answer = await signIn(server.aVisitor(), "staff@latchkey.test", "another password");
    expect(answer.status).toBe(200);
  });

  test("keeps a password that staff has in production", async () => {
    expect((await run("seed", production)).stdout).toContain("olga@vendor.example can sign in");
    const other = { ...production, LATCHKEY_STAFF_PASSWORD: "velvet harbor nineteen onion" };
    expect((await run("seed", other)).stdout).toContain("keeps their password");
    expect((await signIn(server.aVisitor(), "olga@vendor.example")).status).toBe(200);
  });

  test("takes an account over that somebody made with the address before", async () => {
    const email = `${newId()}@vendor.example`;
    const squatter = server.aVisitor();
    await signUp(squatter, email, "squatters password of mine");
    await signIn(squatter, email, "squatters password of mine");
    expect((await run("seed", { ...production, LATCHKEY_STAFF_EMAIL: email })).code).toBe(0);
    expect((await squatter.get("/identity")).body).toBeNull();
    const again = await signIn(server.aVisitor(), email, "squatters password of mine");
    expect(again.status).toBe(401);
    expect((await signIn(server.aVisitor(), email)).status).toBe(200);
    const [user] = await house.database.drizzle.select().from(users).where(eq(users.email, email));
    const sessions = await house.database.drizzle
      .select()
      .from(userSessions)
      .where(eq(userSessions.userId, user?.id ?? newId()));
    expect(sessions).toHaveLength(1);
  });

  test.each([
    ["the address", { LATCHKEY_STAFF_EMAIL: "" }, 2, "LATCHKEY_STAFF_EMAIL must be set"],
    ["the password", { LATCHKEY_STAFF_PASSWORD: "" }, 2, "LATCHKEY_STAFF_PASSWORD must be set"],
    ["a good password", { LATCHKEY_STAFF_PASSWORD: "password1" }, 1, "easy to guess"],
  ])("guesses nothing in production: it wants %s", async (_title, change, exitCode, words) => {
    const { code, stderr } = await run("seed", { ...production, ...change });
    expect(code).toBe(exitCode);
    expect(stderr).toContain(words);
  });
});

describe("keys:rotate", () => {
  test("gives the product a new key, on record, and says what comes next", async () => {
    const args = ["--product", "latch", "--algorithm", "EdDSA"];
    const { code, stdout } = await run("rotate-signing-key", {}, args);
    expect(code).toBe(0);
    const kid = /signs with (\S+)/.exec(stdout)?.[1] ?? "";
    const { keys } = await house.core.catalog.publicKeys(systemCall("test"));
    expect(keys.map((key) => key.kid)).toContain(kid);
    expect(stdout).toContain("/.well-known/jwks.json");
    const recorded = await transact(house.database, { kind: "system" }, ({ db }) =>
      db.select().from(auditEntries).where(eq(auditEntries.action, "signing_key.rotate")),
    );
    expect(recorded.map(({ actorLabel }) => actorLabel)).toContain("keys:rotate");
  });

  test.each([
    ["no product", [], 2, "Usage:"],
    ["an unknown algorithm", ["--product", "latch", "--algorithm", "none"], 2, "Usage:"],
    ["an unknown product", ["--product", "nothing"], 1, 'no product "nothing"'],
  ])("refuses %s", async (_title, args, exitCode, words) => {
    const { code, stderr } = await run("rotate-signing-key", {}, args);
    expect(code).toBe(exitCode);
    expect(stderr).toContain(words);
  });
});
