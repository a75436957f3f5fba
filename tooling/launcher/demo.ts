/** The main job, played for the person who just started Latchkey: a purchase, and a desktop that holds a seat. */
import { randomBytes } from "node:crypto";
import {
  CheckoutSession,
  CreatedCheckout,
  Plan,
  SandboxPayment,
  type CreateCheckout,
  type SandboxMail,
} from "@latchkey/contracts";
import { z } from "zod";
import { OperatorError } from "../services/index.ts";
import { playFullHouse, startDesktop, type Desktop } from "./demo-desktop.ts";
import { send, signIn, waitForMail } from "./demo-requests.ts";
import type { Login, Played } from "./welcome.ts";

export interface Demonstration {
  /** Where the API listens. */
  baseUrl: string;
  staff: Login;
  /** One line for the person at the terminal, as each step succeeds. */
  report(line: string): void;
}

/** Opens the link of the verification mail, as the customer would. */
const verifyEmail = async (baseUrl: string, mail: SandboxMail): Promise<void> => {
  const link = /https?:\/\/\S+/.exec(mail.text)?.[0];
  if (link === undefined) throw new OperatorError("The verification mail holds no link.");
  const { pathname, search } = new URL(link);
  // By the address that we know to answer; the public one may be known elsewhere only.
  const response = await fetch(`${baseUrl}${pathname}${search}`, { redirect: "manual" });
  if (response.status >= 400) {
    throw new OperatorError(`The verification link answered ${response.status}.`);
  }
};

const buyStarter = async (baseUrl: string, token: string): Promise<string> => {
  const order: CreateCheckout = { plan: "starter", interval: "month", trial: false };
  const checkout = await send(
    baseUrl,
    { method: "POST", path: "/api/v1/checkout/sessions", token, body: order },
    CreatedCheckout,
  );
  await send(
    baseUrl,
    {
      method: "POST",
      path: `/api/v1/sandbox/checkout/${checkout.id}/pay`,
      body: { card: "pm_card_visa" },
    },
    SandboxPayment,
  );
  const { licenseKey } = await send(
    baseUrl,
    { method: "GET", path: `/api/v1/checkout/sessions/${checkout.id}`, token },
    CheckoutSession,
  );
  if (licenseKey === undefined) throw new OperatorError("The paid checkout names no license key.");
  return licenseKey;
};

/**
 * A new customer signs up, verifies the mail address, buys Starter and gets the license key by mail; a headless
 * desktop activates with it and holds a seat until `desktop.stop` releases it. Throws OperatorError naming the step
 * that failed.
 */
export const playMainJob = async ({
  baseUrl,
  staff,
  report,
}: Demonstration): Promise<{ played: Played; desktop: Desktop }> => {
  const customer: Login = {
    email: `demo-${randomBytes(4).toString("hex")}@customer.test`,
    password: randomBytes(12).toString("base64url"),
  };
  const staffToken = await signIn(baseUrl, staff);
  await send(
    baseUrl,
    {
      method: "POST",
      path: "/api/auth/sign-up/email",
      body: { ...customer, name: "Demo Customer" },
    },
    z.unknown(),
  );
  report(`${customer.email} signed up.`);
  await verifyEmail(
    baseUrl,
    await waitForMail(baseUrl, staffToken, customer.email, "verify-email"),
  );
  const token = await signIn(baseUrl, customer);
  report("The mail address is verified.");
  const licenseKey = await buyStarter(baseUrl, token);
  await waitForMail(baseUrl, staffToken, customer.email, "license-issued");
  report(`Starter is bought, and the license key arrived by mail: ${licenseKey}`);
  const { product, maxSeats } = await send(
    baseUrl,
    { method: "GET", path: "/api/v1/plans/starter" },
    Plan,
  );
  const options = { baseUrl, productId: product.id, licenseKey, report };
  const desktop = await startDesktop(options);
  await playFullHouse(options, maxSeats);
  return { played: { customer, licenseKey }, desktop };
};
