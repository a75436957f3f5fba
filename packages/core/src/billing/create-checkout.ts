import { DomainError } from "@latchkey/contracts";
import type { CreateCheckout, CreatedCheckout } from "@latchkey/contracts";
import { newId } from "@latchkey/db";
import { audit } from "../audit/audit.ts";
import { authorizeMember } from "../call.ts";
import type { Actor, Call } from "../call.ts";
import type { Offer } from "../catalog/index.ts";
import { portalPages } from "../portal-pages.ts";
import { inTransaction, joining } from "../transaction.ts";
import { checkoutExpiresAt } from "./checkout-rules.ts";
import { toCreatedCheckout } from "./created-checkout.ts";
import { gatewayOfNewCheckouts } from "./deps.ts";
import type { BillingDeps } from "./deps.ts";
import { startTrial } from "./start-trial.ts";
import * as checkoutStore from "./checkout-store.ts";
import * as customerStore from "./customer-store.ts";

type Member = Extract<Actor, { kind: "member" }>;

/** The organization's customer at the gateway, made once; both sides take a repetition for the same. */
const ensureCustomer = async (
  deps: BillingDeps,
  call: Call,
  { organizationId, email }: Member,
): Promise<string> => {
  const { database, organizations, settings } = deps;
  const find = () =>
    inTransaction(database, call, (tx) =>
      customerStore.findCustomerReference(tx, organizationId, settings.gateway),
    );
  const known = await find();
  if (known !== null) return known;
  const described = await organizations.describeOrganizations(call, [organizationId]);
  const { customerReference } = await gatewayOfNewCheckouts(deps).createCustomer({
    organizationId,
    name: described.get(organizationId)?.name ?? email,
    email,
  });
  await inTransaction(database, call, (tx) =>
    customerStore.insertCustomer(tx, {
      organizationId,
      gateway: settings.gateway,
      customerReference,
    }),
  );
  return (await find()) ?? customerReference;
};

const openPaymentPage = async (
  deps: BillingDeps,
  call: Call,
  member: Member,
  offer: Offer,
  { successUrl, cancelUrl }: CreateCheckout,
): Promise<CreatedCheckout> => {
  const { database, catalog, settings } = deps;
  const id = newId();
  const pages = portalPages(settings.publicUrl);
  const urls = {
    successUrl: successUrl ?? pages.checkout(id),
    cancelUrl: cancelUrl ?? pages.plans,
  };
  const page = await gatewayOfNewCheckouts(deps).createCheckoutPage({
    checkoutSessionId: id,
    customerReference: await ensureCustomer(deps, call, member),
    planName: offer.planName,
    interval: offer.interval,
    total: offer.price,
    ...urls,
  });
  return inTransaction(database, call, async (tx) => {
    const expiresAt = checkoutExpiresAt(tx.now);
    // The page quotes this version's price, so it may not change while somebody looks at it.
    await catalog.markSold(joining(call, tx), offer.planVersionId);
    const checkout = await checkoutStore.insertCheckout(tx, {
      organizationId: member.organizationId,
      id,
      planVersionId: offer.planVersionId,
      interval: offer.interval,
      currency: offer.price.currency,
      trial: false,
      status: "open",
      gateway: settings.gateway,
      gatewayReference: page.gatewayReference,
      url: page.url,
      ...urls,
      createdBy: member.userId,
      createdAt: tx.now,
      expiresAt,
      dueAt: expiresAt,
    });
    await audit(tx, call, {
      action: "checkout.create",
      target: { kind: "checkout", id },
      organizationId: member.organizationId,
      after: { plan: offer.planSlug, interval: offer.interval, price: offer.price },
    });
    return toCreatedCheckout(checkout);
  });
};

/**
 * Opens a gateway's payment page for a plan, for 24 hours; with `trial` it starts the plan's trial
 * instead and is complete at once. Opening two pages is harmless, since each is paid by itself; starting
 * the same trial twice gives the first answer while it runs. Throws UNAUTHENTICATED, FORBIDDEN (also for
 * a mail address that is not verified), NOT_FOUND for a plan or interval that is not on offer, CONFLICT
 * for a trial that is used up or not offered, GATEWAY_UNAVAILABLE.
 */
export const createCheckout =
  (deps: BillingDeps) =>
  async (call: Call, input: CreateCheckout): Promise<CreatedCheckout> => {
    const member = authorizeMember(call, "billing:write");
    if (!member.emailVerified) {
      throw new DomainError(
        "FORBIDDEN",
        { remedy: "Open the link in the mail that we sent you, or ask for a new one." },
        "Confirm your mail address before you buy or try a plan.",
      );
    }
    const offer = await deps.catalog.getOffer(call, { slug: input.plan, interval: input.interval });
    return input.trial
      ? startTrial(deps, call, member, offer, input)
      : openPaymentPage(deps, call, member, offer, input);
  };
