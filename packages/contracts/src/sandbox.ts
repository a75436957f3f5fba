import { z } from "zod";
import { MailTemplate } from "./admin.ts";
import { BillingInterval } from "./catalog.ts";
import { CheckoutStatus } from "./checkout.ts";
import {
  CheckoutSessionId,
  EmailAddress,
  Instant,
  Money,
  page,
  pageInput,
  text,
} from "./primitives.ts";
import { mutation, query } from "./procedure.ts";

export const SandboxMail = z
  .strictObject({
    id: z.uuid(),
    to: z.string(),
    subject: z.string(),
    template: MailTemplate,
    text: z.string(),
    html: z.string(),
    attachments: z.array(z.strictObject({ filename: z.string(), content: z.string() })),
    sentAt: Instant.nullable(),
  })
  .meta({ id: "SandboxMail" });
export type SandboxMail = z.infer<typeof SandboxMail>;

/** What the sandbox gateway's own payment page shows; it stands outside every organization. */
export const SandboxPaymentPage = z
  .strictObject({
    id: CheckoutSessionId,
    status: CheckoutStatus,
    planName: z.string(),
    organizationName: z.string(),
    interval: BillingInterval,
    total: Money,
    successUrl: z.string(),
    cancelUrl: z.string(),
    cards: z.array(z.strictObject({ id: z.string(), label: z.string(), behaviour: z.string() })),
  })
  .meta({ id: "SandboxPaymentPage" });
export type SandboxPaymentPage = z.infer<typeof SandboxPaymentPage>;

export const SandboxPayment = z
  .strictObject({
    status: z.enum(["complete", "declined", "needs_authentication"]),
    error: z.strictObject({ code: z.string(), message: z.string() }).optional(),
    successUrl: z.string().optional(),
  })
  .meta({ id: "SandboxPayment" });
export type SandboxPayment = z.infer<typeof SandboxPayment>;

export const sandboxContract = {
  status: query({
    summary: "Whether this server is a sandbox, where no mail leaves and no money moves",
    access: { kind: "public" },
    rest: { method: "GET", path: "/sandbox", tag: "Sandbox", successStatus: 200 },
    input: z.strictObject({}),
    output: z.strictObject({ sandbox: z.boolean() }),
  }),
  clock: query({
    summary: "What time the sandbox believes it is",
    access: { kind: "staff", permission: "staff:read" },
    sandboxOnly: true,
    rest: { method: "GET", path: "/sandbox/clock", tag: "Sandbox", successStatus: 200 },
    input: z.strictObject({}),
    output: z.strictObject({ now: Instant }),
  }),
  advanceClock: mutation({
    summary: "Move the sandbox's time forward; answers when all that fell due is done",
    access: { kind: "staff", permission: "staff:admin" },
    sandboxOnly: true,
    idempotency: "converging",
    rest: { method: "POST", path: "/sandbox/clock", tag: "Sandbox", successStatus: 200 },
    input: z.strictObject({ advanceTo: Instant }),
    output: z.strictObject({ now: Instant }),
  }),
  outbox: query({
    summary: "The mails that the sandbox sent, newest first, to be read whole",
    access: { kind: "staff", permission: "staff:read" },
    sandboxOnly: true,
    rest: { method: "GET", path: "/sandbox/mails", tag: "Sandbox", successStatus: 200 },
    input: z.strictObject({ ...pageInput, to: EmailAddress.optional() }),
    output: page(SandboxMail),
  }),
};

export const sandboxCheckoutContract = {
  paymentPage: query({
    summary: "What the sandbox's payment page shows",
    access: { kind: "public" },
    sandboxOnly: true,
    rest: {
      method: "GET",
      path: "/sandbox/checkout/{checkoutSessionId}",
      tag: "Sandbox",
      successStatus: 200,
    },
    input: z.strictObject({ checkoutSessionId: CheckoutSessionId }),
    output: SandboxPaymentPage,
  }),
  pay: mutation({
    summary: "Pay with a test card: what the button of the sandbox's payment page does",
    access: { kind: "public" },
    sandboxOnly: true,
    idempotency: "converging",
    rest: {
      method: "POST",
      path: "/sandbox/checkout/{checkoutSessionId}/pay",
      tag: "Sandbox",
      successStatus: 200,
    },
    input: z.strictObject({
      checkoutSessionId: CheckoutSessionId,
      card: text(64, 1),
      /** Answers the bank's question of `pm_card_authenticationRequired`. */
      authenticated: z.boolean().default(false),
    }),
    output: SandboxPayment,
  }),
};
