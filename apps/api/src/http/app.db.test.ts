import { createTestCore, testSecret } from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { startTestApi } from "../../test/api-server.ts";
import type { Person, TestApi } from "../../test/api-server.ts";

let world: TestCore;
let api: TestApi;
let person: Person;
beforeAll(async () => {
  world = await createTestCore();
  api = await startTestApi(world, { secret: testSecret });
  person = await api.signUp();
});
afterAll(async () => {
  await api.close();
  await world.close();
});

const LogLine = z.looseObject({ path: z.string(), requestId: z.string() });
const linesOf = (requestId: string) =>
  api.logLines
    .map((line) => LogLine.parse(JSON.parse(line)))
    .filter((line) => line.requestId === requestId);

describe("what needs nobody", () => {
  test("/health says that the process lives, /health/ready what it reaches", async () => {
    expect(await api.request("/health")).toMatchObject({ status: 200, body: { status: "ok" } });
    expect(await api.request("/health/ready")).toMatchObject({
      status: 200,
      body: { status: "ready", postgresql: "ok", redis: "ok" },
    });
  });

  test("/.well-known/jwks.json holds public keys alone, and may be kept for minutes", async () => {
    const { status, body, headers } = await api.request("/.well-known/jwks.json");
    expect(status).toBe(200);
    expect(headers.get("cache-control")).toMatch(/max-age=300/);
    const { keys } = z
      .object({ keys: z.array(z.looseObject({ kid: z.string(), product: z.string() })) })
      .parse(body);
    expect(keys).toHaveLength(1);
    expect(keys[0]).not.toHaveProperty("d");
  });

  test("/metrics counts procedures by their outcome", async () => {
    await api.request("/api/v1/plans");
    await api.request("/api/v1/plans/no-such-plan");
    const { body } = await api.request("/metrics");
    expect(body).toMatch(/_count\{procedure="plans.list",outcome="OK"\} \d/);
    expect(body).toMatch(/_count\{procedure="plans.get",outcome="NOT_FOUND"\} \d/);
  });

  test("/openapi.json describes the server it came from", async () => {
    const { body } = await api.request("/openapi.json");
    expect(body).toMatchObject({ openapi: "3.1.1", servers: [{ url: expect.any(String) }] });
  });

  test("/docs brings every file from this server, under a policy that allows no other", async () => {
    const { status, body, headers } = await api.request("/docs");
    expect(status).toBe(200);
    const sources = [...String(body).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url);
    expect(sources.filter((url) => !/^(\/|data:)/.test(url ?? ""))).toEqual([]);
    for (const url of sources.filter((found) => found?.startsWith("/docs"))) {
      expect((await api.request(url ?? "")).status).toBe(200);
    }
    expect(headers.get("content-security-policy")).toContain("default-src 'self'");
    expect(headers.get("content-security-policy")).not.toContain("unsafe");
  });

  test("a web app that is not built says how to build it", async () => {
    const answer = await api.request("/admin/licenses", { headers: { accept: "text/html" } });
    expect(answer.status).toBe(503);
    expect(answer.body).toContain("npm run build");
  });
});

describe("REST", () => {
  test("reads numbers and booleans of a query by the type of the field", async () => {
    const page = await api.request("/api/v1/plans?limit=1");
    expect(page).toMatchObject({ status: 200, body: { items: [{ slug: "starter" }] } });
  });

  test("answers what is unknown, and what takes another method", async () => {
    expect(await api.request("/api/v1/nothing")).toMatchObject({
      status: 404,
      body: { code: "NOT_FOUND", status: 404 },
    });
    const wrong = await api.request("/api/v1/licenses/validate");
    expect(wrong).toMatchObject({ status: 405, body: { code: "BAD_REQUEST", status: 405 } });
    expect(wrong.headers.get("allow")).toBe("POST");
  });

  test("refuses secrets in a URL, and a field that is in the path twice", async () => {
    const inUrl = await api.request("/api/v1/licenses/validate?licenseKey=x", { json: {} });
    expect(inUrl).toMatchObject({ status: 400, body: { issues: [{ path: ["licenseKey"] }] } });
    const id = "019a9f3e-6b11-7d52-9b5e-3c1e2a7f4b02";
    const twice = await api.request(`/api/v1/organizations/${id}/activate`, {
      json: { organizationId: id },
      token: person.token,
    });
    expect(twice).toMatchObject({ status: 400, body: { issues: [{ path: ["organizationId"] }] } });
  });

  test("answers 204 with no body, and 201 for what was made", async () => {
    const made = await api.request("/api/v1/organizations", {
      json: { name: "Second" },
      token: person.token,
    });
    expect(made).toMatchObject({ status: 201, body: { name: "Second", role: "owner" } });
    const invited = await api.request("/api/v1/members/invitations", {
      json: { email: "new@customer.test", role: "member" },
      token: person.token,
    });
    const { id } = z.looseObject({ id: z.string() }).parse(invited.body);
    const revoked = await api.request(`/api/v1/members/invitations/${id}`, {
      method: "DELETE",
      token: person.token,
    });
    expect(revoked).toMatchObject({ status: 204, body: "" });
  });

  test("makes a created organization the active one of the sign-in", async () => {
    const made = await api.trpc(
      "organizations.create",
      "mutation",
      { name: "Third" },
      person.token,
    );
    expect(made.status).toBe(200);
    const me = await api.request("/api/v1/me", { token: person.token });
    expect(me.body).toMatchObject({ activeOrganization: { name: "Third" } });
  });
});

describe("the log", () => {
  test("tells of a request in one line: who, what, how it ended, and no secret", async () => {
    const requestId = "test-request-0001";
    const secret = "LATCH-SECRET-KEY-THAT-MUST-NOT-SHOW";
    const answer = await api.request(`/api/v1/licenses?cursor=${secret}`, {
      token: person.token,
      headers: { "x-request-id": requestId },
    });
    expect(answer.headers.get("x-request-id")).toBe(requestId);
    const lines = linesOf(requestId);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      path: "/api/v1/licenses",
      actor: `member:${person.userId}`,
      procedures: [{ path: "licenses.list" }],
      status: answer.status,
    });
    expect(JSON.stringify(lines)).not.toContain(secret);
    expect(JSON.stringify(lines)).not.toContain(person.token);
  });

  test("blots out the token of a mailed link", async () => {
    const requestId = "test-request-0002";
    await api.request("/accept-invitation/Zm9vYmFyYmF6cXV4Zm9vYmFy", {
      headers: { "x-request-id": requestId },
    });
    expect(linesOf(requestId)[0]).toMatchObject({ path: "/accept-invitation/[redacted]" });
  });

  test("replaces a request id that could forge a line", async () => {
    const answer = await api.request("/health", { headers: { "x-request-id": "a b{}" } });
    expect(answer.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe("a page of somebody else", () => {
  test("acts for nobody, though the browser sends the cookie", async () => {
    const signedIn = await fetch(`${api.url}/api/auth/sign-in/email`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-forwarded-for": "192.0.2.77" },
      body: JSON.stringify({ email: person.email, password: person.password }),
    });
    const cookie = signedIn.headers
      .getSetCookie()
      .map((line) => line.split(";", 1)[0])
      .join("; ");
    const own = await api.request("/api/v1/me", { headers: { cookie } });
    expect(own.status).toBe(200);
    for (const origin of ["https://evil.example", "http://localhost:5999", "null"]) {
      const foreign = await api.request("/api/v1/me", { headers: { cookie, origin } });
      expect(foreign).toMatchObject({ status: 401, body: { code: "UNAUTHENTICATED" } });
    }
  });
});

describe("production", () => {
  test("has no sandbox", async () => {
    const production = await startTestApi(world, { mode: "production", secret: testSecret });
    const staff = await api.signUp();
    await api.employ(staff, "admin");
    for (const path of ["/api/v1/sandbox/clock", "/api/v1/sandbox/mails"]) {
      expect(await production.request(path, { token: staff.token })).toMatchObject({
        status: 404,
        body: { code: "NOT_FOUND" },
      });
      expect((await api.request(path, { token: staff.token })).status).toBe(200);
    }
    await production.close();
  });
});
