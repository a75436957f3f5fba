import { createTestCore, testSecret } from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import { systemCall } from "@latchkey/core";
import { connectDatabase } from "@latchkey/db";
import { userSessions, users } from "@latchkey/db/schema";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { createAuth } from "./index.ts";
import type { Auth } from "./index.ts";
import { serveAuth, textOf } from "../../test/auth-server.ts";
import {
  countEvents,
  freshEmail,
  goodPassword,
  newestLink,
  signIn,
  signUp,
} from "../../test/people.ts";

let house: TestCore;
let auth: Auth;
let server: Awaited<ReturnType<typeof serveAuth>>;

beforeAll(async () => {
  house = await createTestCore();
  const { core, database, redis, deps } = house;
  const { settings, log } = deps;
  auth = createAuth({ core, database, redis, secret: testSecret, settings, log });
  server = await serveAuth(auth, settings.publicUrl);
});

afterAll(async () => {
  await server.close();
  await house.close();
});

const linkOf = (type: Parameters<typeof newestLink>[1]) =>
  newestLink({ database: house.database, vault: house.deps.vault }, type);

const bearing = (token: string) => ({ authorization: `Bearer ${token}` });

describe("signing up", () => {
  test("makes a person and their organization, and the mailed link verifies the address", async () => {
    const visitor = server.aVisitor();
    const email = freshEmail();
    const answer = await signUp(visitor, email.toUpperCase());
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ token: null, user: { email, emailVerified: false } });
    const link = await linkOf("user.verification_requested");
    const followed = await server.aVisitor().get(link);
    expect(followed.status).toBe(302);
    expect(followed.headers.get("location")).toBe("/");
    const signedIn = await signIn(visitor, email);
    expect(signedIn.body).toMatchObject({ user: { email, emailVerified: true } });
    const identity = await visitor.get("/identity");
    expect(identity.body).toMatchObject({ email, emailVerified: true });
    const organizationId = textOf(identity, "activeOrganizationId");
    const described = await house.core.organizations.describeOrganizations(systemCall("test"), [
      organizationId,
    ]);
    expect(described.get(organizationId)?.name).toBe("Ada's organization");
  });

  test("lets people in before they verified, and says so", async () => {
    const visitor = server.aVisitor();
    const email = freshEmail();
    await signUp(visitor, email);
    expect((await signIn(visitor, email)).status).toBe(200);
    expect((await visitor.get("/identity")).body).toMatchObject({ emailVerified: false });
  });

  test("sends another link on demand, and refuses one that was tampered with", async () => {
    const visitor = server.aVisitor();
    const email = freshEmail();
    await signUp(visitor, email);
    await visitor.post("/api/auth/send-verification-email", { email });
    const link = await linkOf("user.verification_requested");
    const forged = link.replace(/token=([^.]+)\.[^.]+\./, "token=$1.eyJlbWFpbCI6ImEifQ.");
    const refused = await visitor.get(forged);
    expect(refused.headers.get("location")).toContain("error=");
    const { status } = await visitor.get(link);
    expect(status).toBe(302);
    const [user] = await house.database.drizzle.select().from(users).where(eq(users.email, email));
    expect(user?.emailVerified).toBe(true);
  });

  test.each([
    ["short", "kT9!x2q"],
    ["guessable", "password1"],
    ["long", "x".repeat(129)],
  ])("refuses a %s password and says what to do", async (_title, password) => {
    const answer = await signUp(server.aVisitor(), freshEmail(), password);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      code: "BAD_REQUEST",
      message: expect.stringContaining("password"),
      issues: [{ path: ["password"] }],
    });
  });

  test("refuses a password that contains the mail address", async () => {
    const email = freshEmail();
    const answer = await signUp(server.aVisitor(), email, `x7!${email}?kT9`);
    expect(answer.body).toMatchObject({ message: expect.stringContaining("mail address") });
  });
});

describe("nobody learns who has an account", () => {
  const shapeOf = ({ status, body }: { status: number; body: unknown }) => {
    const text = JSON.stringify(body, (key, value: unknown) =>
      ["id", "email", "createdAt", "updatedAt"].includes(key) ? key : value,
    );
    return { status, text };
  };

  test("by signing up: a taken address is answered the same, and its owner is told", async () => {
    const taken = freshEmail();
    await signUp(server.aVisitor(), taken);
    const told = await countEvents(house.database, "user.sign_up_repeated");
    const fresh = await signUp(server.aVisitor(), freshEmail());
    const again = await signUp(server.aVisitor(), taken);
    expect(shapeOf(again)).toEqual(shapeOf(fresh));
    expect(again.headers.getSetCookie()).toEqual(fresh.headers.getSetCookie());
    expect(await countEvents(house.database, "user.sign_up_repeated")).toBe(told + 1);
    expect((await signIn(server.aVisitor(), taken)).status).toBe(200);
  });

  test("by asking for a new password, or for another verification", async () => {
    const known = freshEmail();
    await signUp(server.aVisitor(), known);
    for (const call of ["request-password-reset", "send-verification-email"]) {
      const ask = (email: string) => server.aVisitor().post(`/api/auth/${call}`, { email });
      expect(shapeOf(await ask(freshEmail()))).toEqual(shapeOf(await ask(known)));
    }
  });

  test("by signing in", async () => {
    const known = freshEmail();
    await signUp(server.aVisitor(), known);
    const wrong = await signIn(server.aVisitor(), known, "another good long password");
    const unknown = await signIn(server.aVisitor(), freshEmail(), goodPassword);
    expect(wrong.status).toBe(401);
    expect(shapeOf(unknown)).toEqual(shapeOf(wrong));
  });
});

describe("a sign-in", () => {
  test("is a cookie for browsers and a bearer token for everything else", async () => {
    const email = freshEmail();
    await signUp(server.aVisitor(), email);
    const browser = server.aVisitor();
    const signedIn = await signIn(browser, email);
    const [cookie] = signedIn.headers.getSetCookie();
    expect(cookie).toMatch(/^latchkey\.session_token=.*HttpOnly; SameSite=Lax/);
    const token = textOf(signedIn, "token");
    const program = server.aVisitor();
    const byToken = await program.get("/identity", bearing(token));
    const byCookie = await browser.get("/identity");
    expect(byToken.body).toEqual(byCookie.body);
    expect(textOf(byToken, "email")).toBe(email);
    const session = await program.get("/api/auth/get-session", bearing(token));
    expect(session.body).toMatchObject({ user: { email } });
    expect((await program.post("/api/auth/sign-out", {}, bearing(token))).status).toBe(200);
    expect((await program.get("/identity", bearing(token))).body).toBeNull();
    expect((await browser.get("/identity")).body).toBeNull();
  });

  test("is none with a token that was made up, cut or bare", async () => {
    const email = freshEmail();
    await signUp(server.aVisitor(), email);
    const token = textOf(await signIn(server.aVisitor(), email), "token");
    const [bare = ""] = token.split(".");
    for (const wrong of ["made-up", bare, `${bare}.`, `${bare}.AAAA`, token.slice(0, -4)]) {
      expect((await server.aVisitor().get("/identity", bearing(wrong))).body).toBeNull();
    }
  });

  test("starts in the person's organization and can move to another", async () => {
    const email = freshEmail();
    const visitor = server.aVisitor();
    await signUp(visitor, email);
    const token = textOf(await signIn(visitor, email), "token");
    const { core } = house;
    const headers = new Headers(bearing(token));
    const identity = await auth.findIdentity(headers);
    if (!identity) throw new Error("nobody is signed in");
    const person = { kind: "user", ...identity } as const;
    const second = await core.organizations.createOrganization(
      { ...systemCall("test"), actor: person },
      { name: "Second" },
    );
    await auth.setActiveOrganization(headers, second.id);
    expect((await auth.findIdentity(headers))?.activeOrganizationId).toBe(second.id);
    await auth.setActiveOrganization(headers, null);
    expect((await auth.findIdentity(headers))?.activeOrganizationId).toBeNull();
    await expect(auth.setActiveOrganization(new Headers(), second.id)).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
    });
  });

  test("lasts 30 days from its last use, whatever carries it", async () => {
    const email = freshEmail();
    const visitor = server.aVisitor();
    await signUp(visitor, email);
    const signedIn = await signIn(visitor, email);
    expect(signedIn.headers.getSetCookie()[0]).toContain("Max-Age=34560000;");
    const token = textOf(signedIn, "token");
    const { sessionId } = z
      .object({ sessionId: z.string() })
      .parse((await visitor.get("/identity")).body);
    const { drizzle } = house.database;
    const mine = eq(userSessions.id, sessionId);
    const daysFromNow = (days: number) => new Date(Date.now() + days * 86_400_000);
    const setTerm = (days: number) =>
      drizzle
        .update(userSessions)
        .set({ expiresAt: daysFromNow(days) })
        .where(mine);
    const readTerm = async () => {
      const [row] = await drizzle.select().from(userSessions).where(mine);
      return Math.round(((row?.expiresAt.getTime() ?? 0) - Date.now()) / 86_400_000);
    };
    expect(await readTerm()).toBe(30);
    await setTerm(5);
    await visitor.get("/identity");
    expect(await readTerm()).toBe(30);
    await setTerm(5);
    await server.aVisitor().get("/identity", bearing(token));
    expect(await readTerm()).toBe(30);
    await setTerm(-1);
    expect((await visitor.get("/identity")).body).toBeNull();
  });

  test("waits while the database is away: 503, and no word on who exists", async () => {
    const { core, redis, deps } = house;
    const database = connectDatabase({
      url: "postgres://nobody@127.0.0.1:1/nothing",
      applicationName: "away",
    });
    const { settings, log } = deps;
    const away = createAuth({ core, database, redis, secret: testSecret, settings, log });
    const served = await serveAuth(away, settings.publicUrl);
    const answer = await signIn(served.aVisitor(), freshEmail());
    expect(answer.status).toBe(503);
    expect(answer.headers.get("retry-after")).toBe("5");
    expect(answer.body).toMatchObject({ code: "UNAVAILABLE" });
    await served.close();
    await database.close();
  });

  test("is refused to a page of another origin that has the cookie", async () => {
    const email = freshEmail();
    const visitor = server.aVisitor();
    await signUp(visitor, email);
    await signIn(visitor, email);
    const evil = await visitor.post("/api/auth/sign-out", {}, { origin: "https://evil.example" });
    expect(evil.status).toBe(403);
    expect((await visitor.get("/identity")).body).not.toBeNull();
  });
});

describe("a password", () => {
  const reset = async (email: string, newPassword: string) => {
    await server.aVisitor().post("/api/auth/request-password-reset", { email });
    const link = await linkOf("user.password_reset_requested");
    const token = new URL(link, "http://localhost").searchParams.get("token") ?? "";
    const submit = (password: string) =>
      server.aVisitor().post("/api/auth/reset-password", { token, newPassword: password });
    return { link, answer: await submit(newPassword), submit };
  };

  test("is reset by the mailed link, once, and every sign-in ends", async () => {
    const email = freshEmail();
    const visitor = server.aVisitor();
    await signUp(visitor, email);
    await signIn(visitor, email);
    const { link, answer, submit } = await reset(email, "velvet harbor nineteen onion");
    expect(link).toMatch(/^\/reset-password\?token=/);
    expect(answer.status).toBe(200);
    expect((await submit("velvet harbor nineteen onion")).status).toBe(400);
    expect((await visitor.get("/identity")).body).toBeNull();
    expect((await signIn(server.aVisitor(), email)).status).toBe(401);
    const withNew = await signIn(server.aVisitor(), email, "velvet harbor nineteen onion");
    expect(withNew.status).toBe(200);
  });

  test("that is guessable is refused at a reset too, and the link still works", async () => {
    const email = freshEmail();
    await signUp(server.aVisitor(), email);
    const { answer, submit } = await reset(email, "qwertyuiop");
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ issues: [{ path: ["newPassword"] }] });
    expect((await submit("velvet harbor nineteen onion")).status).toBe(200);
  });

  test("is changed with the old one, and the other sign-ins end", async () => {
    const email = freshEmail();
    const [here, there] = [server.aVisitor(), server.aVisitor()];
    await signUp(here, email);
    await signIn(here, email);
    await signIn(there, email);
    const change = (newPassword: string, currentPassword = goodPassword) =>
      here.post("/api/auth/change-password", { currentPassword, newPassword });
    expect((await change("password1")).status).toBe(400);
    expect((await change("velvet harbor nineteen onion", "not the old one")).status).toBe(400);
    expect((await there.get("/identity")).body).not.toBeNull();
    expect((await change("velvet harbor nineteen onion")).status).toBe(200);
    expect((await there.get("/identity")).body).toBeNull();
    expect(textOf(await here.get("/identity"), "email")).toBe(email);
  });
});

describe("guessing", () => {
  test("a person's password ends with 429, for that address and that account alone", async () => {
    const [email, other] = [freshEmail(), freshEmail()];
    await signUp(server.aVisitor(), email);
    await signUp(server.aVisitor(), other);
    const attacker = server.aVisitor();
    for (let attempt = 0; attempt < 10; attempt += 1) {
      expect((await signIn(attacker, email, "not the password")).status).toBe(401);
    }
    const refused = await signIn(attacker, email, goodPassword);
    expect(refused.status).toBe(429);
    expect(refused.body).toMatchObject({ code: "RATE_LIMITED" });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await signIn(attacker, other)).status).toBe(200);
    expect((await signIn(server.aVisitor(), email)).status).toBe(200);
  });

  test("ends with the right password: signing in often is no guessing", async () => {
    const email = freshEmail();
    await signUp(server.aVisitor(), email);
    const visitor = server.aVisitor();
    for (let time = 0; time < 12; time += 1) {
      expect((await signIn(visitor, email, "not the password")).status).toBe(401);
      expect((await signIn(visitor, email)).status).toBe(200);
    }
  });

  test("and flooding a mailbox stops after a few mails, whoever asks", async () => {
    const email = freshEmail();
    await signUp(server.aVisitor(), email);
    const before = await countEvents(house.database, "user.password_reset_requested");
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        server.aVisitor().post("/api/auth/request-password-reset", { email }),
      ),
    );
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(3);
    const after = await countEvents(house.database, "user.password_reset_requested");
    expect(after - before).toBe(5);
  });
});

describe("what is no proper call", () => {
  test.each([
    ["malformed JSON", "/api/auth/sign-in/email", "{", 400],
    ["an array", "/api/auth/sign-in/email", [], 400],
    ["a wrong type", "/api/auth/sign-in/email", { email: 5, password: {} }, 400],
    [
      "an unknown field",
      "/api/auth/sign-up/email",
      { name: "A", email: "a@example.com", password: goodPassword, role: "admin" },
      400,
    ],
    [
      "a NUL in a name",
      "/api/auth/sign-up/email",
      { name: "A\0", email: "a@example.com", password: goodPassword },
      400,
    ],
    [
      "a NUL in a token",
      "/api/auth/reset-password",
      { token: "\0", newPassword: goodPassword },
      400,
    ],
    [
      "an oversized body",
      "/api/auth/sign-in/email",
      { email: "a@example.com", password: "x".repeat(300_000) },
      413,
    ],
    ["a call that is not offered", "/api/auth/delete-user", {}, 404],
    ["a call that is inherited", "/api/auth/constructor", {}, 404],
    [
      "a foreign callback",
      "/api/auth/sign-in/email",
      { email: "a@example.com", password: "x", callbackURL: "https://evil.example" },
      403,
    ],
  ])("%s is refused", async (_title, path, body, status) => {
    const answer = await server.aVisitor().post(path, body);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ code: expect.any(String), message: expect.any(String) });
  });

  test("a NUL in a link is refused", async () => {
    const answer = await server.aVisitor().get("/api/auth/verify-email?token=%00");
    expect(answer.status).toBe(400);
  });
});
