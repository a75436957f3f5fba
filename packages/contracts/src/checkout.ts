import { z } from "zod";
import { BillingInterval, PlanSlug } from "./catalog.ts";
import { CheckoutSessionId, Instant, LicenseId, SubscriptionId } from "./primitives.ts";
import { mutation, query } from "./procedure.ts";

export const CheckoutStatus = z.enum(["open", "complete", "expired"]);
export type CheckoutStatus = z.infer<typeof CheckoutStatus>;

const webUrl = z.url({ protocol: /^https?$/, error: "must be an http or https address" }).max(2048);

export const CreateCheckout = z.strictObject({
  plan: PlanSlug,
  interval: BillingInterval,
  trial: z
    .boolean()
    .default(false)
    .meta({ description: "true starts the trial: complete at once, no card" }),
  successUrl: webUrl.optional(),
  cancelUrl: webUrl.optional(),
});
export type CreateCheckout = z.infer<typeof CreateCheckout>;

export const CreatedCheckout = z
  .strictObject({
    id: CheckoutSessionId,
    url: z.string().meta({ description: "The gateway's payment page" }),
    status: CheckoutStatus,
    expiresAt: Instant,
  })
  .meta({ id: "CreatedCheckout" });
export type CreatedCheckout = z.infer<typeof CreatedCheckout>;

export const CheckoutSession = z
  .strictObject({
    id: CheckoutSessionId,
    status: CheckoutStatus,
    expiresAt: Instant,
    subscriptionId: SubscriptionId.optional(),
    licenseId: LicenseId.optional(),
    licenseKey: z.string().optional(),
  })
  .meta({ id: "CheckoutSession" });
export type CheckoutSession = z.infer<typeof CheckoutSession>;

export const checkoutContract = {
  create: mutation({
    summary: "Open a checkout for a plan, or start its trial",
    access: { kind: "member", permission: "billing:write", verifiedEmail: true },
    rest: { method: "POST", path: "/checkout/sessions", tag: "Checkout", successStatus: 201 },
    idempotency: "converging",
    input: CreateCheckout,
    output: CreatedCheckout,
  }),
  get: query({
    summary: "How a checkout stands; once complete it tells the license key",
    access: { kind: "member", permission: "billing:write" },
    rest: {
      method: "GET",
      path: "/checkout/sessions/{checkoutSessionId}",
      tag: "Checkout",
      successStatus: 200,
    },
    input: z.strictObject({ checkoutSessionId: CheckoutSessionId }),
    output: CheckoutSession,
  }),
};
