import type { BillingInterval, MailTemplate, Money } from "@latchkey/contracts";

/** A surprise worth a line; the edges write one wide line per request and job themselves. */
export interface Log {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

/** What the seat path tells of its work while it does it; durations in seconds. */
export type Observation =
  /** A heartbeat is renewed in PostgreSQL. `leaseAgeSeconds`: since the presented lease was issued. */
  | { readonly kind: "heartbeat"; readonly leaseAgeSeconds: number }
  /** A no was signed: a validation code, SEATS_EXHAUSTED or SESSION_ENDED. */
  | { readonly kind: "refusal"; readonly code: string }
  /** A full license refused by what this process remembers: PostgreSQL was not asked. */
  | { readonly kind: "storm_memory_hit" }
  /** Many calls were one transaction. `waitSeconds`: of the first heartbeat, until it began. */
  | {
      readonly kind: "group_commit";
      readonly work: "heartbeat" | "acquire";
      readonly size: number;
      readonly waitSeconds?: number;
      readonly commitSeconds: number;
    };

/** Takes what is measured. Called on the seat path: it is quick, and never throws. */
export type Observe = (observation: Observation) => void;

/** How Ed25519 signatures are computed: of leases, refusals, license files and key endorsements. */
export type { Ed25519 } from "@latchkey/license-crypto/sign";

export type GatewayName = "sandbox" | "stripe";

export interface CheckoutPageRequest {
  readonly checkoutSessionId: string;
  readonly customerReference: string;
  readonly planName: string;
  readonly interval: BillingInterval;
  readonly total: Money;
  readonly successUrl: string;
  readonly cancelUrl: string;
}

export interface ChargeRequest {
  /** The same key is the same charge: repeating it gives the first result and moves no money. */
  readonly idempotencyKey: string;
  readonly customerReference: string;
  readonly methodReference: string;
  readonly amount: Money;
  readonly description: string;
  /** 0 for the first payment of a subscription, 1 for its first renewal, and so on. */
  readonly renewalNumber: number;
  /** Whether the person just answered their bank's question. */
  readonly authenticated: boolean;
}

export type ChargeResult =
  | { readonly status: "succeeded"; readonly chargeReference: string }
  | {
      readonly status: "declined";
      readonly chargeReference: string;
      readonly declineCode: string;
      /** What the person can do about it. */
      readonly remedy: string;
      /** No retry with this method can succeed (lost card, closed account). */
      readonly hard: boolean;
    }
  | { readonly status: "needs_authentication"; readonly chargeReference: string };

export interface GatewayPaymentMethod {
  readonly methodReference: string;
  readonly brand: string;
  readonly lastFour: string;
}

/** A card that moves no money, for trying things out. */
export interface TestCard {
  /** The token that stands for the card: "pm_card_visa". */
  readonly id: string;
  readonly label: string;
  readonly behaviour: string;
}

/**
 * A payment provider. It only collects money and tells what happened; Latchkey rates and invoices.
 * Every method throws DomainError GATEWAY_UNAVAILABLE when the provider cannot be asked and nothing
 * happened. Any other error leaves open what happened: the same request, under the same key, is then
 * repeated before any other.
 */
export interface Gateway {
  readonly name: GatewayName;
  /** The cards that its payment page offers to choose from; only where no money moves. */
  readonly testCards?: readonly TestCard[];
  /** Idempotent per organization. */
  createCustomer(customer: {
    organizationId: string;
    name: string;
    email: string;
  }): Promise<{ customerReference: string }>;
  createCheckoutPage(
    request: CheckoutPageRequest,
  ): Promise<{ url: string; gatewayReference: string }>;
  /** The method behind a token, or null when the provider knows none. */
  describePaymentMethod(methodReference: string): Promise<GatewayPaymentMethod | null>;
  charge(request: ChargeRequest): Promise<ChargeResult>;
}

export interface RenderedMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface MailAttachment {
  readonly filename: string;
  readonly contentType: string;
  readonly content: string;
}

/** What each mail needs to be written; absolute URLs, instants already as text for people. */
export interface MailFacts {
  "verify-email": { name: string; url: string; expiresIn: string };
  "reset-password": { name: string; url: string; expiresIn: string };
  "account-exists": { name: string; signInUrl: string; resetUrl: string };
  invitation: {
    organizationName: string;
    invitedBy: string;
    role: string;
    url: string;
    expiresOn: string;
  };
  "license-issued": {
    organizationName: string;
    productName: string;
    planName: string;
    maxSeats: number;
    licenseKey: string;
    validUntil: string | null;
    portalUrl: string;
    trial: boolean;
    fileAttached: boolean;
  };
  "license-key-rotated": {
    organizationName: string;
    productName: string;
    licenseKey: string;
    portalUrl: string;
  };
  "trial-ended": {
    organizationName: string;
    productName: string;
    planName: string;
    plansUrl: string;
  };
  "license-expired": {
    organizationName: string;
    productName: string;
    planName: string;
    portalUrl: string;
  };
}

/** Fails to compile when a template of the contract has no facts. */
export type MailRequest = {
  [Template in MailTemplate]: { readonly template: Template; readonly facts: MailFacts[Template] };
}[MailTemplate];

/** Writes a mail as HTML and text. */
export type RenderMail = (request: MailRequest) => Promise<RenderedMail>;

export interface OutgoingMail extends RenderedMail {
  /** Makes the Message-ID, so that a provider that gets it twice can tell. */
  readonly id: string;
  readonly to: string;
  readonly attachments: readonly MailAttachment[];
}

/** Hands a mail to a provider. Throws when it was not taken; the job then tries again. */
export interface MailTransport {
  send(mail: OutgoingMail): Promise<void>;
}
