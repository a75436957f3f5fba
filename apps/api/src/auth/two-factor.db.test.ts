import { createTestCore, testSecret } from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { createAuth } from "./index.ts";
import { serveAuth, textOf } from "../../test/auth-server.ts";
import { freshEmail, goodPassword, signIn, signUp, totpOf } from "../../test/people.ts";

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

/** Somebody whose sign-in wants a second factor, still signed in where they turned it on. */
const anEnrolledPerson = async () => {
  const email = freshEmail();
  const visitor = server.aVisitor();
  await signUp(visitor, email);
  await signIn(visitor, email);
  const enabled = await visitor.post("/api/auth/two-factor/enable", { password: goodPassword });
  const { totpURI, backupCodes } = Enrolment.parse(enabled.body);
  const before = await visitor.get("/identity");
  const verified = await visitor.post("/api/auth/two-factor/verify-totp", {
    code: totpOf(totpURI),
  });
  return { email, visitor, totpURI, backupCodes, before, verified };
};

describe("two factors", () => {
  test("are turned on by a code, and the sign-in goes on where it was", async () => {
    const { visitor, before, verified } = await anEnrolledPerson();
    expect(verified.status).toBe(200);
    const after = await visitor.get("/identity");
    expect(textOf(after, "activeOrganizationId")).toBe(textOf(before, "activeOrganizationId"));
    const token = textOf(verified, "token");
    const byToken = await server.aVisitor().get("/identity", { authorization: `Bearer ${token}` });
    expect(byToken.body).toEqual(after.body);
  });

  test("are both asked for: the password alone signs nobody in", async () => {
    const { email, totpURI } = await anEnrolledPerson();
    const visitor = server.aVisitor();
    const first = await signIn(visitor, email);
    expect(first.body).toEqual({ twoFactorRedirect: true, twoFactorMethods: ["totp"] });
    expect((await visitor.get("/identity")).body).toBeNull();
    const wrong = await visitor.post("/api/auth/two-factor/verify-totp", { code: "000000" });
    expect(wrong.status).toBe(401);
    const right = await visitor.post("/api/auth/two-factor/verify-totp", {
      code: totpOf(totpURI),
    });
    expect(right.status).toBe(200);
    expect(textOf(await visitor.get("/identity"), "email")).toBe(email);
    const token = textOf(right, "token");
    const program = server.aVisitor();
    const byToken = await program.get("/identity", { authorization: `Bearer ${token}` });
    expect(textOf(byToken, "email")).toBe(email);
  });

  test("yield to a backup code, once", async () => {
    const { email, backupCodes } = await anEnrolledPerson();
    const [code = ""] = backupCodes;
    const enter = async () => {
      const visitor = server.aVisitor();
      await signIn(visitor, email);
      const answer = await visitor.post("/api/auth/two-factor/verify-backup-code", { code });
      return { answer, identity: await visitor.get("/identity") };
    };
    const once = await enter();
    expect(once.answer.status).toBe(200);
    expect(textOf(once.identity, "email")).toBe(email);
    const twice = await enter();
    expect(twice.answer.status).toBe(401);
    expect(twice.identity.body).toBeNull();
  });

  test("cannot be guessed: the challenge closes, and then the account for a while", async () => {
    const { email, totpURI } = await anEnrolledPerson();
    const statuses: number[] = [];
    for (let challenge = 0; challenge < 3; challenge += 1) {
      const visitor = server.aVisitor();
      await signIn(visitor, email);
      for (let guess = 0; guess < 5; guess += 1) {
        const code = String(guess).padStart(6, "0");
        const answer = await visitor.post("/api/auth/two-factor/verify-totp", { code });
        statuses.push(answer.status);
      }
    }
    expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 401));
    const visitor = server.aVisitor();
    await signIn(visitor, email);
    const locked = await visitor.post("/api/auth/two-factor/verify-totp", {
      code: totpOf(totpURI),
    });
    expect(locked.status).toBe(429);
    expect(locked.headers.get("retry-after")).toBe("900");
    expect((await visitor.get("/identity")).body).toBeNull();
  });

  test("are turned off with the password alone, by whoever is signed in", async () => {
    const { email, visitor } = await anEnrolledPerson();
    const wrong = await visitor.post("/api/auth/two-factor/disable", { password: "not it" });
    expect(wrong.status).toBe(400);
    const right = await visitor.post("/api/auth/two-factor/disable", { password: goodPassword });
    expect(right.status).toBe(200);
    expect((await signIn(server.aVisitor(), email)).body).toMatchObject({ user: { email } });
  });
});
