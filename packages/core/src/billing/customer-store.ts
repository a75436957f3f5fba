import type { Tx } from "@latchkey/db";
import { gatewayCustomers, paymentMethods } from "@latchkey/db/schema";
import { and, eq } from "drizzle-orm";
import type { GatewayName } from "../ports.ts";
import { only } from "./only.ts";

export const findCustomerReference = async (
  tx: Tx,
  organizationId: string,
  gateway: GatewayName,
): Promise<string | null> => {
  const [row] = await tx.db
    .select({ customerReference: gatewayCustomers.customerReference })
    .from(gatewayCustomers)
    .where(
      and(
        eq(gatewayCustomers.organizationId, organizationId),
        eq(gatewayCustomers.gateway, gateway),
      ),
    );
  return row?.customerReference ?? null;
};

/** Keeps the customer that was stored first. */
export const insertCustomer = async (
  tx: Tx,
  customer: typeof gatewayCustomers.$inferInsert,
): Promise<void> => {
  await tx.db.insert(gatewayCustomers).values(customer).onConflictDoNothing();
};

/** Holds off the organization's other payments until the commit. */
export const lockCustomer = async (
  tx: Tx,
  organizationId: string,
  gateway: GatewayName,
): Promise<void> => {
  await tx.db
    .select({ organizationId: gatewayCustomers.organizationId })
    .from(gatewayCustomers)
    .where(
      and(
        eq(gatewayCustomers.organizationId, organizationId),
        eq(gatewayCustomers.gateway, gateway),
      ),
    )
    .for("update");
};

/** Keeps one row per card; the organization's first one becomes its default. */
export const upsertPaymentMethod = async (
  tx: Tx,
  method: Omit<typeof paymentMethods.$inferInsert, "isDefault">,
): Promise<string> => {
  const [existing] = await tx.db
    .select({ id: paymentMethods.id })
    .from(paymentMethods)
    .where(and(eq(paymentMethods.organizationId, method.organizationId), paymentMethods.isDefault));
  const stored = await tx.db
    .insert(paymentMethods)
    .values({ ...method, isDefault: existing === undefined })
    .onConflictDoUpdate({
      target: [
        paymentMethods.organizationId,
        paymentMethods.gateway,
        paymentMethods.methodReference,
      ],
      set: { brand: method.brand, lastFour: method.lastFour },
    })
    .returning({ id: paymentMethods.id });
  return only(stored).id;
};

export const findPaymentMethod = async (tx: Tx, id: string) => {
  const [row] = await tx.db.select().from(paymentMethods).where(eq(paymentMethods.id, id));
  return row ?? null;
};
