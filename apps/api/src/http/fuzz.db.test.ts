import { Problem, listProcedures } from "@latchkey/contracts";
import type { ProcedureContract } from "@latchkey/contracts";
import { createTestCore, testSecret } from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { startTestApi } from "../../test/api-server.ts";
import type { Answer, Person, TestApi } from "../../test/api-server.ts";
import { makeTenant } from "../../test/tenant.ts";
import { inputsOf } from "../../test/arbitraries.ts";
import type { Known } from "../../test/arbitraries.ts";

const runsPerDoor = 12;

let world: TestCore;
let api: TestApi;
let owner: Person;
let staff: Person;
let support: Person;
let known: Known;
beforeAll(async () => {
  world = await createTestCore();
  api = await startTestApi(world, { secret: testSecret });
  const tenant = await makeTenant(api);
  owner = tenant.owner;
  [staff, support] = await Promise.all([api.signUp(), api.signUp()]);
  await api.employ(staff, "admin");
  await api.employ(support, "support");
  const { licenseId, licenseKey, machineId, sessionId, lease, fingerprint, member } = tenant;
  known = {
    licenseId: [licenseId],
    licenseKey: [licenseKey, licenseKey.toLowerCase().replaceAll("-", " ")],
    machineId: [machineId],
    sessionId: [sessionId],
    lease: [lease],
    fingerprint: [fingerprint],
    userId: [member.userId, owner.userId],
    invitationId: [tenant.invitationId],
    checkoutSessionId: [tenant.checkoutSessionId],
    organizationId: [owner.organizationId],
    slug: ["starter"],
    plan: ["starter", "pro"],
    card: ["pm_card_visa"],
  };
});
afterAll(async () => {
  await api.close();
  await world.close();
});

/** Whoever gets furthest into the procedure; without a worker nobody carries out a clock's advance. */
const tokenFor = (path: string, { access }: ProcedureContract): string | undefined => {
  if (path === "sandbox.advanceClock") return support.token;
  if (access.kind === "staff") return staff.token;
  return access.kind === "public" ? undefined : owner.token;
};

const Fields = z.record(z.string(), z.unknown());
const Envelope = z.object({ error: z.object({ data: z.object({ problem: Problem }) }) });

const asText = (value: unknown): string =>
  (typeof value === "string" ? value : (JSON.stringify(value) ?? "")).toWellFormed();

/** Sends any input by REST: fields of the path in the path, the rest as query or body. */
const overRest = (
  { rest }: ProcedureContract,
  input: unknown,
  token: string | undefined,
): Promise<Answer> => {
  const { success, data } = Fields.safeParse(input);
  const fields: Record<string, unknown> = success ? { ...data } : {};
  const path = rest.path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => {
    const value = encodeURIComponent(asText(fields[name] ?? "x"));
    delete fields[name];
    return value;
  });
  if (rest.method !== "GET") {
    const json = success ? fields : input;
    return api.request(`/api/v1${path}`, { method: rest.method, json, token });
  }
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) query.append(name, asText(value));
  return api.request(`/api/v1${path}?${query.toString()}`, { token });
};

const judge = (answer: Answer, problemOf: (body: unknown) => Problem): void => {
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(500);
  if (answer.status < 300) return;
  const { status, detail } = problemOf(answer.body);
  expect(status).toBe(answer.status);
  expect(detail).not.toMatch(/select |insert |Failed query|node_modules/);
};

describe.each(listProcedures())("$path, whatever it is sent", ({ path, procedure }) => {
  test("answers or refuses by a problem, and never fails", { timeout: 60_000 }, async () => {
    const token = tokenFor(path, procedure);
    await fc.assert(
      fc.asyncProperty(inputsOf(procedure.input, known), async (input) => {
        judge(await overRest(procedure, input, token), (body) => Problem.parse(body));
        judge(
          await api.trpc(path, procedure.kind, input, token),
          (body) => Envelope.parse(body).error.data.problem,
        );
      }),
      { numRuns: runsPerDoor },
    );
  });
});
