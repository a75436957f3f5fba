import { listProcedures } from "@latchkey/contracts";
import type { ProcedureContract } from "@latchkey/contracts";
import { createTestCore, testSecret } from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { startTestApi } from "../../test/api-server.ts";
import type { TestApi } from "../../test/api-server.ts";
import { digestRows } from "../../test/row-digests.ts";
import { makeTenant } from "../../test/tenant.ts";
import type { Tenant } from "../../test/tenant.ts";

/**
 * What the owner of one organization asks for with the ids of another. A procedure that takes an id and
 * has no row here fails the test below.
 */
const attempts: Record<string, (theirs: Tenant, mine: Tenant) => Record<string, unknown>> = {
  "organizations.activate": ({ owner }) => ({ organizationId: owner.organizationId }),
  "members.revokeInvitation": ({ invitationId }) => ({ invitationId }),
  "members.changeRole": ({ member }) => ({ userId: member.userId, role: "owner" }),
  "members.remove": ({ member }) => ({ userId: member.userId }),
  "checkout.get": ({ checkoutSessionId }) => ({ checkoutSessionId }),
  "licenses.get": ({ licenseId }) => ({ licenseId }),
  "licenses.reveal": ({ licenseId }) => ({ licenseId }),
  "licenses.rotateKey": ({ licenseId }) => ({ licenseId }),
  "licenses.file": ({ licenseId }) => ({ licenseId, ttl: 3600 }),
  "machines.list": ({ licenseId }) => ({ licenseId }),
  "machines.remove": ({ licenseId, machineId }) => ({ licenseId, machineId }),
  "sessions.list": ({ licenseId }) => ({ licenseId }),
  "sessions.end": ({ licenseId, sessionId }) => ({ licenseId, sessionId }),
};

/** The same with a parent of one's own around somebody else's child. */
const mixed: [string, (theirs: Tenant, mine: Tenant) => Record<string, unknown>][] = [
  ["machines.remove", ({ machineId }, { licenseId }) => ({ licenseId, machineId })],
  ["sessions.end", ({ sessionId }, { licenseId }) => ({ licenseId, sessionId })],
];

/** Those that one may do to oneself without spoiling the walk: they show that the refusal is about whose it is. */
const harmless = [
  "organizations.activate",
  "checkout.get",
  "licenses.get",
  "licenses.reveal",
  "licenses.file",
  "machines.list",
  "sessions.list",
];

/** Open to whoever knows the id, by design: the sandbox's payment page stands outside organizations. */
const open = ["sandbox.paymentPage", "sandbox.pay"];

const procedures = listProcedures();

const takesAnId = ({ input, access }: ProcedureContract): boolean => {
  if (access.kind === "staff") return false;
  const { properties = {} } = z.toJSONSchema(input, { io: "input" });
  return Object.keys(properties).some((name) => name.endsWith("Id"));
};

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

const Refused = z.object({
  error: z.object({ data: z.object({ problem: z.looseObject({ code: z.string() }) }) }),
});

const ask = (path: string, input: Record<string, unknown>, token: string) => {
  const found = procedures.find((listed) => listed.path === path);
  if (found === undefined) throw new Error(`${path} is no procedure`);
  return api.trpc(path, found.procedure.kind, input, token);
};

test("the walk covers every procedure that takes an id", () => {
  const taking = procedures.filter(({ procedure }) => takesAnId(procedure));
  expect(taking.map(({ path }) => path).toSorted()).toEqual(
    [...Object.keys(attempts), ...open].toSorted(),
  );
});

describe("with the ids of another organization", () => {
  test.each([...Object.entries(attempts), ...mixed])(
    "%s answers as if there were nothing, and changes nothing",
    async (path, inputOf) => {
      const before = await digestRows(world.database);
      const { body } = await ask(path, inputOf(theirs, mine), mine.owner.token);
      const { problem } = Refused.parse(body).error.data;
      expect(problem.code).toBe("NOT_FOUND");
      expect(await digestRows(world.database)).toEqual(before);
    },
  );

  test.each(harmless)("%s finds one's own by the same input", async (path) => {
    const { status } = await ask(path, attempts[path]?.(mine, theirs) ?? {}, mine.owner.token);
    expect(status).toBe(200);
  });

  test("lists show one's own alone", async () => {
    for (const path of ["licenses.list", "members.list", "members.listInvitations"]) {
      const { body } = await ask(path, {}, mine.owner.token);
      const text = JSON.stringify(body);
      for (const id of [theirs.licenseId, theirs.member.userId, theirs.invitationId]) {
        expect(text).not.toContain(id);
      }
    }
  });
});
