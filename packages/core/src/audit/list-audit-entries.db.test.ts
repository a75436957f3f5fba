import { newId, transact } from "@latchkey/db";
import { aCustomer, callBy, createTestCore } from "@latchkey/testing/test-core";
import type { Customer, TestCore } from "@latchkey/testing/test-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { OrganizationId } from "@latchkey/contracts";
import { scopeOf } from "../call.ts";
import { audit } from "./audit.ts";

let made: TestCore;
let customer: Customer;
const targets = [newId(), newId(), newId()];
const viewer = callBy({
  kind: "staff",
  userId: newId(),
  email: "staff@latchkey.test",
  role: "viewer",
});

beforeAll(async () => {
  made = await createTestCore();
  customer = await aCustomer(made);
  for (const id of targets) {
    await transact(made.database, scopeOf(customer.call), (tx) =>
      audit(tx, customer.call, {
        action: "thing.change",
        target: { kind: "thing", id },
        organizationId: customer.organizationId,
        before: { name: "a" },
        after: { name: "b" },
      }),
    );
  }
});
afterAll(() => made.close());

test("staff read who did what to what, newest first, page by page", async () => {
  const { listAuditEntries } = made.core.audit;
  const organizationId = OrganizationId.parse(customer.organizationId);
  const first = await listAuditEntries(viewer, { limit: 2, organizationId });
  expect(first.items[0]).toMatchObject({
    actor: { kind: "member", id: customer.userId, label: customer.email },
    action: "thing.change",
    targetKind: "thing",
    organizationId,
    before: { name: "a" },
    after: { name: "b" },
    address: "203.0.113.7",
    requestId: customer.call.requestId,
  });
  const cursor = first.nextCursor ?? undefined;
  const rest = await listAuditEntries(viewer, { limit: 2, organizationId, cursor });
  expect([...first.items, ...rest.items].map(({ targetId }) => targetId)).toEqual(
    targets.toReversed(),
  );
  expect(rest.nextCursor).toBeNull();
});

test("staff find what happened to one target", async () => {
  const [targetId] = targets;
  const { items } = await made.core.audit.listAuditEntries(viewer, { limit: 20, targetId });
  expect(items.map((item) => item.targetId)).toEqual([targetId]);
});

test("customers do not read it", async () => {
  const reading = made.core.audit.listAuditEntries(customer.call, { limit: 20 });
  await expect(reading).rejects.toMatchObject({ code: "FORBIDDEN" });
});
