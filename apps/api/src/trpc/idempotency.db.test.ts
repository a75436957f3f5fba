import { createTestCore, testSecret } from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { startTestApi } from "../../test/api-server.ts";
import type { TestApi } from "../../test/api-server.ts";
import { digestRows } from "../../test/row-digests.ts";
import { makeTenant } from "../../test/tenant.ts";
import type { Tenant } from "../../test/tenant.ts";

let world: TestCore;
let api: TestApi;
let tenant: Tenant;
beforeAll(async () => {
  world = await createTestCore();
  api = await startTestApi(world, { secret: testSecret });
  tenant = await makeTenant(api);
});
afterAll(async () => {
  await api.close();
  await world.close();
});

const send = (path: string, json: object, key: string, token?: string, method = "POST") =>
  api.request(`/api/v1${path}`, { method, json, token, headers: { "idempotency-key": key } });

const Page = z.object({ items: z.array(z.looseObject({ name: z.string() })) });

describe("an Idempotency-Key", () => {
  test("makes one organization of ten requests at once, and answers them alike", async () => {
    const { token } = tenant.owner;
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        send("/organizations", { name: "Once" }, "make-once-1", token),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    const replayed = answers.filter(({ headers }) => headers.get("idempotent-replayed") === "true");
    expect(replayed).toHaveLength(9);
    const { body } = await api.request("/api/v1/organizations?limit=100", { token });
    expect(Page.parse(body).items.filter(({ name }) => name === "Once")).toHaveLength(1);
  });

  test("with another body is a conflict that names the header", async () => {
    const token = await api.signIn(tenant.owner);
    await send("/organizations", { name: "First" }, "other-body-1", token);
    const other = await send("/organizations", { name: "Second" }, "other-body-1", token);
    expect(other).toMatchObject({
      status: 409,
      body: { code: "CONFLICT", detail: expect.stringContaining("Idempotency-Key") },
    });
  });

  test("gives the first seat again and the first lease with it", async () => {
    const { licenseKey } = tenant;
    const machine = { licenseKey, fingerprint: "machine:idempotent-0001" };
    await send("/licenses/activate", machine, "activate-1");
    const first = await send("/licenses/acquire", machine, "acquire-1");
    const again = await send("/licenses/acquire", machine, "acquire-1");
    expect(first.status).toBe(200);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
  });

  test("gives the first nonce with the first lease, and is no answer to a call with another", async () => {
    const { licenseKey } = tenant;
    const machine = { licenseKey, fingerprint: "machine:idempotent-0002" };
    await send("/licenses/activate", machine, "activate-2");
    const asking = { ...machine, nonce: "first-call-of-two" };
    const first = await send("/licenses/acquire", asking, "acquire-2");
    expect(first.status).toBe(200);
    expect((await send("/licenses/acquire", asking, "acquire-2")).body).toEqual(first.body);
    const other = { ...machine, nonce: "second-call-of-two" };
    expect(await send("/licenses/acquire", other, "acquire-2")).toMatchObject({
      status: 409,
      body: { code: "CONFLICT" },
    });
  });

  test("repeats a refusal, and writes nothing the second time", async () => {
    const token = await api.signIn(tenant.owner);
    const path = `/members/${tenant.owner.userId}`;
    const leave = () => send(path, {}, "remove-last-owner-1", token, "DELETE");
    const first = await leave();
    const before = await digestRows(world.database);
    const again = await leave();
    expect(first).toMatchObject({ status: 409, body: { code: "CONFLICT" } });
    expect(again).toMatchObject({ status: 409, body: { code: "CONFLICT" } });
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(await digestRows(world.database)).toEqual(before);
  });

  test("answers for a member who left by the first request", async () => {
    const member = await api.signUp();
    await api.join(member, tenant.owner.organizationId, "member");
    const leave = () => send("/members/leave", {}, "leave-1", member.token);
    expect(await leave()).toMatchObject({ status: 204, body: "" });
    expect(await leave()).toMatchObject({ status: 204, body: "" });
    const other = await send("/members/leave", {}, "leave-2", member.token);
    expect(other).toMatchObject({ status: 403, body: { code: "FORBIDDEN" } });
  });

  test("answers 204 again with nothing", async () => {
    const release = () => send("/licenses/release", { lease: tenant.lease }, "release-1");
    expect(await release()).toMatchObject({ status: 204, body: "" });
    const again = await release();
    expect(again).toMatchObject({ status: 204, body: "" });
    expect(again.headers.get("idempotent-replayed")).toBe("true");
  });

  test("means nothing to a query", async () => {
    const ask = () => api.request("/api/v1/plans", { headers: { "idempotency-key": "query-1" } });
    await ask();
    expect((await ask()).headers.get("idempotent-replayed")).toBeNull();
  });

  test("is refused on a batch of changes, which it cannot tell apart", async () => {
    const { token } = tenant.owner;
    const answer = await api.request("/trpc/organizations.create,organizations.create?batch=1", {
      json: { 0: { name: "A" }, 1: { name: "B" } },
      token,
      headers: { "idempotency-key": "batch-1" },
    });
    expect(answer.body).toMatchObject([
      { error: { data: { problem: { code: "BAD_REQUEST" } } } },
      { error: { data: { problem: { code: "BAD_REQUEST" } } } },
    ]);
  });
});
