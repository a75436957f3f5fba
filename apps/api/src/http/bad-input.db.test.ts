import { once } from "node:events";
import http from "node:http";
import { json } from "node:stream/consumers";
import { listProcedures } from "@latchkey/contracts";
import { newId } from "@latchkey/db";
import { createTestCore, testSecret } from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { startTestApi } from "../../test/api-server.ts";
import type { Answer, TestApi } from "../../test/api-server.ts";
import { digestRows } from "../../test/row-digests.ts";
import { makeTenant } from "../../test/tenant.ts";
import type { Tenant } from "../../test/tenant.ts";

let world: TestCore;
let api: TestApi;
let mine: Tenant;
let theirs: Tenant;
beforeAll(async () => {
  world = await createTestCore();
  api = await startTestApi(world, { secret: testSecret });
  [mine, theirs] = await Promise.all([makeTenant(api), makeTenant(api)]);
});
afterAll(async () => {
  await api.close();
  await world.close();
});

const post = (path: string, json: object, token?: string) =>
  api.request(`/api/v1${path}`, { json, token });

const forge = (lease: string) => {
  const [header = "", , signature = ""] = lease.split(".");
  const claims = Buffer.from(JSON.stringify({ sub: newId(), seq: 9 })).toString("base64url");
  return [header, claims, signature].join(".");
};
const unsigned = (lease: string) => {
  const header = Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url");
  return [header, lease.split(".")[1], ""].join(".");
};
const mistype = (licenseKey: string) =>
  `${licenseKey.slice(0, -1)}${licenseKey.endsWith("A") ? "B" : "A"}`;
const fingerprint = "machine:0123456789abcdef";

interface Case {
  readonly title: string;
  readonly send: () => Promise<Answer>;
  readonly status: number;
  readonly code: string;
}

/** What people and attackers send, and what it answers; none of it may write anything. */
const cases: Case[] = [
  {
    title: "malformed JSON over REST",
    send: () =>
      api.request("/api/v1/licenses/validate", {
        text: '{"licenseKey": ',
        headers: { "content-type": "application/json" },
      }),
    status: 400,
    code: "BAD_REQUEST",
  },
  {
    title: "malformed JSON over tRPC",
    send: () =>
      api.request("/trpc/licenses.validate", {
        text: '{"licenseKey": ',
        headers: { "content-type": "application/json" },
      }),
    status: 400,
    code: "BAD_REQUEST",
  },
  {
    title: "malformed JSON in a tRPC query",
    send: () => api.request("/trpc/plans.get?input=%7B"),
    status: 400,
    code: "BAD_REQUEST",
  },
  {
    title: "a body that is no object",
    send: () => api.request("/api/v1/licenses/validate", { json: ["licenseKey"] }),
    status: 400,
    code: "BAD_REQUEST",
  },
  {
    title: "a body nested deeper than any stack",
    send: () =>
      api.request("/trpc/licenses.validate", {
        text: `${"[".repeat(100_000)}${"]".repeat(100_000)}`,
        headers: { "content-type": "application/json" },
      }),
    status: 400,
    code: "BAD_REQUEST",
  },
  {
    title: "another content type over REST",
    send: () =>
      api.request("/api/v1/licenses/validate", {
        text: "licenseKey=x",
        headers: { "content-type": "application/x-www-form-urlencoded" },
      }),
    status: 415,
    code: "BAD_REQUEST",
  },
  {
    title: "another content type over tRPC",
    send: () =>
      api.request("/trpc/licenses.validate", {
        text: "licenseKey=x",
        headers: { "content-type": "application/x-www-form-urlencoded" },
      }),
    status: 415,
    code: "BAD_REQUEST",
  },
  {
    title: "a body over 256 KiB over REST",
    send: () => post("/licenses/validate", { licenseKey: "x".repeat(300_000) }),
    status: 413,
    code: "PAYLOAD_TOO_LARGE",
  },
  {
    title: "a body over 256 KiB over tRPC",
    send: () => api.trpc("licenses.validate", "mutation", { licenseKey: "x".repeat(300_000) }),
    status: 413,
    code: "PAYLOAD_TOO_LARGE",
  },
  {
    title: "a batch of too many calls",
    send: () => api.request(`/trpc/${Array(21).fill("plans.get").join(",")}?batch=1&input=%7B%7D`),
    status: 400,
    code: "BAD_REQUEST",
  },
  {
    title: "a path that is no UTF-8",
    send: () => api.request("/api/v1/plans/%E0%A4%A"),
    status: 400,
    code: "BAD_REQUEST",
  },
  {
    title: "a mutation asked by GET over tRPC",
    send: () => api.request("/trpc/licenses.validate?input=%7B%7D"),
    status: 405,
    code: "BAD_REQUEST",
  },
  {
    title: "an unknown procedure",
    send: () => api.request("/trpc/licenses.steal?input=%7B%7D"),
    status: 404,
    code: "NOT_FOUND",
  },
  {
    title: "an unknown field",
    send: () => post("/licenses/validate", { licenseKey: mine.licenseKey, admin: true }),
    status: 400,
    code: "BAD_REQUEST",
  },
  {
    title: "a wrong type",
    send: () => post("/licenses/validate", { licenseKey: 7 }),
    status: 400,
    code: "BAD_REQUEST",
  },
  {
    title: "a number beyond reason",
    send: () => post(`/licenses/${mine.licenseId}/file`, { ttl: 1e300 }, mine.owner.token),
    status: 400,
    code: "BAD_REQUEST",
  },
  {
    title: "a NUL in a value",
    send: () => post("/licenses/validate", { licenseKey: "LATCH\0" }),
    status: 400,
    code: "BAD_REQUEST",
  },
  {
    title: "a NUL in a key",
    send: () =>
      post("/licenses/activate", {
        licenseKey: mine.licenseKey,
        fingerprint,
        components: { "disk\0": "0123456789abcdef" },
      }),
    status: 400,
    code: "BAD_REQUEST",
  },
  {
    title: "a NUL in a query",
    send: () => api.request("/api/v1/licenses?cursor=%00", { token: mine.owner.token }),
    status: 400,
    code: "BAD_REQUEST",
  },
  {
    title: "a NUL in the path",
    send: () => api.request("/api/v1/plans/%00"),
    status: 400,
    code: "BAD_REQUEST",
  },
  {
    title: "a cursor that no page gave",
    send: () => api.request("/api/v1/licenses?cursor=abc", { token: mine.owner.token }),
    status: 400,
    code: "BAD_REQUEST",
  },
  {
    title: "a cursor in a year that PostgreSQL does not know",
    send: () => {
      const position = JSON.stringify(["0000-01-01T00:00:00.000Z", newId()]);
      const cursor = Buffer.from(position).toString("base64url");
      return api.request(`/api/v1/licenses?cursor=${cursor}`, { token: mine.owner.token });
    },
    status: 400,
    code: "BAD_REQUEST",
  },
  {
    title: "a method that no fetch may send over tRPC",
    send: async () => {
      const request = http.request(`${api.url}/trpc/plans.list`, { method: "TRACE" }).end();
      const [response]: http.IncomingMessage[] = await once(request, "response");
      if (response === undefined) throw new Error("nothing was answered");
      const headers = new Headers({ "content-type": response.headers["content-type"] ?? "" });
      return { status: response.statusCode ?? 0, headers, body: await json(response) };
    },
    status: 405,
    code: "BAD_REQUEST",
  },
  {
    title: "an id that is no UUID",
    send: () => api.request("/api/v1/licenses/1", { token: mine.owner.token }),
    status: 400,
    code: "BAD_REQUEST",
  },
  {
    title: "an idempotency key that no header may carry",
    send: () =>
      api.request("/api/v1/organizations", {
        json: { name: "Third" },
        token: mine.owner.token,
        headers: { "idempotency-key": "a b" },
      }),
    status: 400,
    code: "BAD_REQUEST",
  },
  {
    title: "a mistyped license key",
    send: () => post("/licenses/activate", { licenseKey: mistype(mine.licenseKey), fingerprint }),
    status: 403,
    code: "LICENSE_NOT_USABLE",
  },
  {
    title: "a forged lease",
    send: () => post("/licenses/heartbeat", { lease: forge(mine.lease) }),
    status: 401,
    code: "LEASE_INVALID",
  },
  {
    title: "a lease without a signature",
    send: () => post("/licenses/heartbeat", { lease: unsigned(mine.lease) }),
    status: 401,
    code: "LEASE_INVALID",
  },
  {
    title: "a text that is no lease",
    send: () => post("/licenses/release", { lease: "a.b.c" }),
    status: 401,
    code: "LEASE_INVALID",
  },
  {
    title: "a bearer token that nobody gave",
    send: () => api.request("/api/v1/me", { token: "forged.token" }),
    status: 401,
    code: "UNAUTHENTICATED",
  },
  {
    title: "somebody else's license",
    send: () => api.request(`/api/v1/licenses/${theirs.licenseId}`, { token: mine.owner.token }),
    status: 404,
    code: "NOT_FOUND",
  },
];

const Problem = z.union([
  z.looseObject({ code: z.string(), requestId: z.string() }),
  z
    .object({
      error: z.object({ data: z.object({ problem: z.looseObject({ code: z.string() }) }) }),
    })
    .transform(({ error }) => error.data.problem),
]);

describe("bad input", () => {
  test.each(cases)("$title answers $status $code and writes nothing", async (wrong) => {
    const before = await digestRows(world.database);
    const answer = await wrong.send();
    expect(Problem.parse(answer.body)).toMatchObject({ code: wrong.code, status: wrong.status });
    expect(answer.status).toBe(wrong.status);
    if (!("error" in z.record(z.string(), z.unknown()).parse(answer.body))) {
      expect(answer.headers.get("content-type")).toContain("application/problem+json");
    }
    expect(await digestRows(world.database)).toEqual(before);
  });

  test("names the field over both doors", async () => {
    const rest = await post("/licenses/validate", { licenseKey: 7, features: ["ok", ""] });
    expect(rest.body).toMatchObject({
      issues: [{ path: ["licenseKey"] }, { path: ["features", 1] }],
    });
    const trpc = await api.trpc("licenses.validate", "mutation", { licenseKey: 7 });
    expect(Problem.parse(trpc.body)).toMatchObject({ issues: [{ path: ["licenseKey"] }] });
  });

  test("says what cannot be stored before any schema is asked", async () => {
    const issue = { path: ["new\\0"], message: "must not contain a NUL character" };
    const input = { "new\0": { half: "\ud800" } };
    const rest = await post("/licenses/validate", input);
    expect(rest.body).toMatchObject({ issues: expect.arrayContaining([issue]) });
    const trpc = await api.trpc("licenses.validate", "mutation", input);
    expect(Problem.parse(trpc.body)).toMatchObject({
      issues: [issue, { path: ["new\\0", "half"] }],
    });
  });

  test("of one call in a batch leaves the others alone", async () => {
    const input = encodeURIComponent(JSON.stringify({ 0: { slug: "starter" }, 1: { slug: 7 } }));
    const { status, body } = await api.request(`/trpc/plans.get,plans.get?batch=1&input=${input}`);
    expect(status).toBe(207);
    expect(body).toMatchObject([
      { result: { data: { slug: "starter" } } },
      { error: { data: { problem: { code: "BAD_REQUEST" } } } },
    ]);
  });
});

describe("an old lease", () => {
  test("whose session somebody ended says so, with a refusal to believe", async () => {
    const { licenseId, sessionId, owner, lease } = mine;
    const ended = await api.request(`/api/v1/licenses/${licenseId}/sessions/${sessionId}`, {
      method: "DELETE",
      token: owner.token,
    });
    expect(ended.status).toBe(204);
    const before = await digestRows(world.database);
    expect(await post("/licenses/heartbeat", { lease })).toMatchObject({
      status: 409,
      body: {
        code: "LEASE_EXPIRED",
        details: { endReason: "ended_by_member", refusal: expect.stringMatching(/^ey/) },
      },
    });
    expect(await digestRows(world.database)).toEqual(before);
  });

  test("that ran out finds its seat taken when the seats are full", async () => {
    await world.advance(3600);
    const { licenseKey, lease } = theirs;
    for (const machine of ["one", "two", "three"]) {
      const fields = { licenseKey, fingerprint: `machine:0123456789-${machine}` };
      await post("/licenses/activate", fields);
      expect((await post("/licenses/acquire", fields)).status).toBe(200);
    }
    const late = await post("/licenses/heartbeat", { lease });
    expect(late).toMatchObject({ status: 429, body: { code: "SEATS_EXHAUSTED" } });
    expect(late.headers.get("retry-after")).not.toBeNull();
    expect(late.body).not.toHaveProperty("details.holders");
    const asMember = await post("/licenses/heartbeat", { lease }, theirs.member.token);
    expect(asMember).toHaveProperty("body.details.holders.length", 3);
    const asStranger = await post("/licenses/heartbeat", { lease }, mine.owner.token);
    expect(asStranger.body).not.toHaveProperty("details.holders");
  });
});

test("the router and the contract have the same leaves", async () => {
  for (const { path, procedure } of listProcedures()) {
    const { body } = await api.trpc(path, procedure.kind, null);
    expect(Problem.parse(body), path).not.toMatchObject({ detail: "There is no such procedure." });
  }
});
