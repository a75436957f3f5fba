import { systemCall } from "@latchkey/core";
import { transact } from "@latchkey/db";
import { invoices } from "@latchkey/db/schema";
import { aCustomer, anOffer, createTestCore } from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import fc from "fast-check";
import { isNotNull } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { issueInvoice, settleInvoice } from "./issue-invoice.ts";
import { periodAt } from "./period-rules.ts";
import * as subscriptionStore from "./subscription-store.ts";

let world: TestCore;
beforeAll(async () => {
  world = await createTestCore();
});
afterAll(() => world.close());

const call = systemCall("test");
class Rollback extends Error {}

/** Issues and pays one invoice of a new subscription in a transaction, which then commits or not. */
const bill = async (
  offer: Awaited<ReturnType<typeof anOffer>>,
  organizationId: string,
  commits: boolean,
): Promise<void> => {
  const work = transact(world.database, { kind: "system" }, async (tx) => {
    const period = periodAt(tx.now, offer.interval, 0);
    const subscription = await subscriptionStore.insertSubscription(tx, {
      organizationId,
      productId: offer.product.id,
      planVersionId: offer.planVersionId,
      interval: offer.interval,
      currency: offer.price.currency,
      status: "active",
      anchorAt: period.startsAt,
      currentPeriodStartsAt: period.startsAt,
      currentPeriodEndsAt: period.endsAt,
    });
    const invoice = await issueInvoice(tx, call, subscription, offer, period);
    const again = await issueInvoice(tx, call, subscription, offer, period);
    expect(again.number).toBe(invoice.number);
    await settleInvoice(tx, call, invoice);
    if (!commits) throw new Rollback();
  });
  await work.catch((error: unknown) => {
    if (!(error instanceof Rollback)) throw error;
  });
};

const counts = async (): Promise<number[]> => {
  const rows = await transact(world.database, { kind: "system" }, ({ db }) =>
    db.select({ number: invoices.number }).from(invoices).where(isNotNull(invoices.number)),
  );
  return rows.map(({ number }) => Number(number?.slice(-6))).toSorted((a, b) => a - b);
};

describe("invoice numbers", () => {
  it("have no gap under 20 parallel payments, with rollbacks in between", async () => {
    const offer = await anOffer(world);
    const { organizationId } = await aCustomer(world);
    const payments = Array.from({ length: 30 }, (_, index) => index % 3 !== 2);
    await Promise.all(payments.map((commits) => bill(offer, organizationId, commits)));
    await bill(offer, organizationId, true);
    expect(await counts()).toEqual(Array.from({ length: 21 }, (_, index) => index + 1));
  });

  it("have no gap, whichever payments are rolled back", async () => {
    const offer = await anOffer(world);
    const { organizationId } = await aCustomer(world);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 12 }), async (payments) => {
        const before = (await counts()).length;
        await Promise.all(payments.map((commits) => bill(offer, organizationId, commits)));
        const after = await counts();
        expect(after).toHaveLength(before + payments.filter(Boolean).length);
        expect(after).toEqual(after.map((_, index) => index + 1));
      }),
      { numRuns: 8 },
    );
  });
});

describe("a finalized invoice", () => {
  it("cannot change, and neither can its lines", async () => {
    const offer = await anOffer(world);
    const { organizationId } = await aCustomer(world);
    await bill(offer, organizationId, true);
    const change = (statement: string) =>
      transact(world.database, { kind: "system" }, ({ db }) => db.execute(statement));
    await expect(
      change("update invoices set total_minor = 1, subtotal_minor = 1"),
    ).rejects.toThrow();
    await expect(change("update invoice_lines set amount_minor = 1")).rejects.toThrow();
    await expect(change("delete from invoices")).rejects.toThrow();
  });

  it("sums up to its lines, in the rows as in the rules", async () => {
    const sums = await world.database.drizzle.transaction(async (db) => {
      await db.execute("select set_config('latchkey.scope', 'system', true)");
      return db.execute(`
        select i.id from invoices i join invoice_lines l on l.invoice_id = i.id
        group by i.id having sum(l.amount_minor) <> i.subtotal_minor
          or i.total_minor <> i.subtotal_minor - i.discount_minor + i.tax_minor - i.credit_minor`);
    });
    expect([...sums]).toEqual([]);
  });
});
