import { listProcedures } from "@latchkey/contracts";
import { newId } from "@latchkey/db";
import { createTestCore, testSecret } from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { startTestApi } from "../../test/api-server.ts";
import type { TestApi } from "../../test/api-server.ts";
import { makeTenant } from "../../test/tenant.ts";

/**
 * Who gets past the access rule of each procedure. Every cell is asked with a field that no schema
 * knows, so that "+" (let in) shows as BAD_REQUEST and nothing is changed.
 *
 *   anon       nobody                      billing    member with the role billing
 *   holder     key and lease, no sign-in   admin      member with the role admin
 *   alone      signed in, no organization  owner      member with the role owner
 *   member     member with the role member unverified owner whose address is not verified
 *   viewer, support, staff: the vendor's people with the roles viewer, support and admin
 */
// prettier-ignore
const actors = [
  "anon", "holder", "alone", "member", "billing", "admin",
  "owner", "unverified", "viewer", "support", "staff",
] as const;
type Actor = (typeof actors)[number];

const cells = { "+": "BAD_REQUEST", "?": "UNAUTHENTICATED", "-": "FORBIDDEN" } as const;
const isCell = (text: string): text is keyof typeof cells => text in cells;

// prettier-ignore
const table: Record<string, string> = {
  //                           anon holder alone member billing admin owner unverified viewer support staff
  "me.get":                      "?   ?      +     +      +       +     +     +          +      +       +",
  "organizations.list":          "?   ?      +     +      +       +     +     +          +      +       +",
  "organizations.create":        "?   ?      +     +      +       +     +     +          +      +       +",
  "organizations.rename":        "?   ?      -     -      -       +     +     +          -      -       -",
  "organizations.activate":      "?   ?      +     +      +       +     +     +          +      +       +",
  "members.list":                "?   ?      -     +      +       +     +     +          -      -       -",
  "members.listInvitations":     "?   ?      -     +      +       +     +     +          -      -       -",
  "members.invite":              "?   ?      -     -      -       +     +     -          -      -       -",
  "members.revokeInvitation":    "?   ?      -     -      -       +     +     +          -      -       -",
  "members.acceptInvitation":    "?   ?      +     +      +       +     +     +          +      +       +",
  "members.changeRole":          "?   ?      -     -      -       +     +     +          -      -       -",
  "members.remove":              "?   ?      -     -      -       +     +     +          -      -       -",
  "members.leave":               "?   ?      +     +      +       +     +     +          +      +       +",
  "plans.list":                  "+   +      +     +      +       +     +     +          +      +       +",
  "plans.get":                   "+   +      +     +      +       +     +     +          +      +       +",
  "checkout.create":             "?   ?      -     -      +       -     +     -          -      -       -",
  "checkout.get":                "?   ?      -     -      +       -     +     +          -      -       -",
  "licenses.list":               "?   ?      -     +      +       +     +     +          -      -       -",
  "licenses.get":                "?   ?      -     +      +       +     +     +          -      -       -",
  "licenses.reveal":             "?   ?      -     -      -       +     +     +          -      -       -",
  "licenses.rotateKey":          "?   ?      -     -      -       -     +     +          -      -       -",
  "licenses.file":               "?   ?      -     -      -       +     +     +          -      -       -",
  "licenses.validate":           "+   +      +     +      +       +     +     +          +      +       +",
  "machines.activate":           "+   +      +     +      +       +     +     +          +      +       +",
  "machines.deactivate":         "+   +      +     +      +       +     +     +          +      +       +",
  "machines.list":               "?   ?      -     +      +       +     +     +          -      -       -",
  "machines.remove":             "?   ?      -     -      -       +     +     +          -      -       -",
  "seats.acquire":               "+   +      +     +      +       +     +     +          +      +       +",
  "seats.heartbeat":             "+   +      +     +      +       +     +     +          +      +       +",
  "seats.release":               "+   +      +     +      +       +     +     +          +      +       +",
  "sessions.list":               "?   ?      -     +      +       +     +     +          -      -       -",
  "sessions.end":                "?   ?      -     -      -       +     +     +          -      -       -",
  "admin.licenses.list":         "?   ?      -     -      -       -     -     -          +      +       +",
  "admin.licenses.get":          "?   ?      -     -      -       -     -     -          +      +       +",
  "admin.licenses.suspend":      "?   ?      -     -      -       -     -     -          -      +       +",
  "admin.licenses.reinstate":    "?   ?      -     -      -       -     -     -          -      +       +",
  "admin.licenses.revoke":       "?   ?      -     -      -       -     -     -          -      -       +",
  "admin.licenses.rotateKey":    "?   ?      -     -      -       -     -     -          -      +       +",
  "admin.mails.list":            "?   ?      -     -      -       -     -     -          +      +       +",
  "admin.jobs.list":             "?   ?      -     -      -       -     -     -          +      +       +",
  "admin.audit.list":            "?   ?      -     -      -       -     -     -          +      +       +",
  "sandbox.status":              "+   +      +     +      +       +     +     +          +      +       +",
  "sandbox.clock":               "?   ?      -     -      -       -     -     -          +      +       +",
  "sandbox.advanceClock":        "?   ?      -     -      -       -     -     -          -      -       +",
  "sandbox.outbox":              "?   ?      -     -      -       -     -     -          +      +       +",
  "sandbox.paymentPage":         "+   +      +     +      +       +     +     +          +      +       +",
  "sandbox.pay":                 "+   +      +     +      +       +     +     +          +      +       +",
};

const procedures = listProcedures();

let world: TestCore;
let api: TestApi;
let tokens: Record<Actor, string | undefined>;
let holder: Record<string, string>;

beforeAll(async () => {
  world = await createTestCore();
  api = await startTestApi(world, { secret: testSecret });
  const tenant = await makeTenant(api);
  const { organizationId } = tenant.owner;
  const signUp = async (settle: (person: Awaited<ReturnType<TestApi["signUp"]>>) => unknown) => {
    const person = await api.signUp();
    await settle(person);
    return person.token;
  };
  const joins = (role: "member" | "billing" | "admin") =>
    signUp((person) => api.join(person, organizationId, role));
  const employs = (role: "viewer" | "support" | "admin") =>
    signUp(async (person) => {
      await api.orphan(person);
      await api.employ(person, role);
    });
  const [alone, member, billing, admin, viewer, support, staff, { token: unverified }] =
    await Promise.all([
      signUp((person) => api.orphan(person)),
      joins("member"),
      joins("billing"),
      joins("admin"),
      employs("viewer"),
      employs("support"),
      employs("admin"),
      api.signUp({ verified: false }),
    ]);
  tokens = {
    anon: undefined,
    holder: undefined,
    alone,
    member,
    billing,
    admin,
    owner: tenant.owner.token,
    unverified,
    viewer,
    support,
    staff,
  };
  holder = {
    licenseKey: tenant.licenseKey,
    fingerprint: tenant.fingerprint,
    lease: tenant.lease,
  };
});
afterAll(async () => {
  await api.close();
  await world.close();
});

test("the access table has a row for every procedure, and no other", () => {
  expect(Object.keys(table)).toEqual(procedures.map(({ path }) => path));
});

const OverTrpc = z.object({
  error: z.object({ data: z.object({ problem: z.object({ code: z.string() }) }) }),
});
const OverRest = z.object({ code: z.string() });

describe.each(procedures)("$path lets in whom the table names", ({ path, procedure }) => {
  const { rest, kind } = procedure;
  const row = (table[path] ?? "").split(/\s+/);

  const ask = async (actor: Actor) => {
    const probe = { ...(actor === "holder" && holder), probe: "1" };
    const overTrpc = OverTrpc.parse((await api.trpc(path, kind, probe, tokens[actor])).body);
    const url = `/api/v1${rest.path.replaceAll(/\{\w+\}/g, newId())}`;
    const overRest =
      rest.method === "GET"
        ? await api.request(`${url}?${new URLSearchParams(probe).toString()}`, {
            token: tokens[actor],
          })
        : await api.request(url, { method: rest.method, json: probe, token: tokens[actor] });
    return [overTrpc.error.data.problem.code, OverRest.parse(overRest.body).code];
  };

  test.each(actors.map((actor, index) => ({ actor, cell: row[index] ?? "" })))(
    "$actor $cell",
    async ({ actor, cell }) => {
      if (!isCell(cell)) throw new Error(`${path} has no cell for ${actor}`);
      expect(await ask(actor)).toEqual([cells[cell], cells[cell]]);
    },
  );
});

test("whoever must verify an address first is told so", async () => {
  const refused = await api.request("/api/v1/checkout/sessions", {
    json: { plan: "starter", interval: "month" },
    token: tokens.unverified,
  });
  expect(refused).toMatchObject({
    status: 403,
    body: { code: "FORBIDDEN", details: { remedy: expect.stringContaining("Verify") } },
  });
});
