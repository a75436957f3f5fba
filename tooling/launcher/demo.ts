/** The main job, played for the person who just started Latchkey: a customer buys Starter in the sandbox. */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CheckoutSession,
  CreatedCheckout,
  SandboxMail,
  SandboxPayment,
  type CreateCheckout,
} from "@latchkey/contracts";
import { z } from "zod";
import { OperatorError } from "../services/index.ts";
import { staffEmail, type Played } from "./welcome.ts";

export interface Demonstration {
  /** Where the API listens. */
  baseUrl: string;
  staffPassword: string;
  /** One line for the person at the terminal, as each step succeeds. */
  report(line: string): void;
}

interface Request {
  method: "GET" | "POST";
  path: string;
  token?: string;
  body?: unknown;
}

const SignIn = z.object({ token: z.string() });
const Mails = z.object({ items: z.array(SandboxMail) });

/** Sends a request and parses the answer. Throws OperatorError naming the step that the server refused. */
const send = async <Answer extends z.ZodType>(
  baseUrl: string,
  { method, path, token, body }: Request,
  answer: Answer,
): Promise<z.output<Answer>> => {
  const response = await fetch(`${baseUrl}${path}`, {
    method,
    headers: {
      origin: baseUrl,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) {
    throw new OperatorError(
      `The demonstration failed: ${method} ${path} answered ${response.status} ${text.slice(0, 300)}; \`npm start -- --no-demo\` leaves it out.`,
    );
  }
  return answer.parse(JSON.parse(text));
};

const signIn = (baseUrl: string, email: string, password: string) =>
  send(
    baseUrl,
    { method: "POST", path: "/api/auth/sign-in/email", body: { email, password } },
    SignIn,
  );

/** The mail is sent by the worker, a moment after the fact that it tells; 20 s is far more than it takes. */
const waitForMail = async (
  baseUrl: string,
  staffToken: string,
  to: string,
  template: SandboxMail["template"],
): Promise<SandboxMail> => {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const { items } = await send(
      baseUrl,
      {
        method: "GET",
        path: `/api/v1/sandbox/mails?to=${encodeURIComponent(to)}`,
        token: staffToken,
      },
      Mails,
    );
    const mail = items.find((item) => item.template === template);
    if (mail !== undefined) return mail;
    await sleep(100);
  }
  throw new OperatorError(
    `The demonstration failed: the mail "${template}" did not arrive; see .latchkey/logs/worker.log, or leave it out with \`npm start -- --no-demo\`.`,
  );
};

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
 * A new customer signs up, verifies the mail address, buys Starter and gets the license key.
 * Throws OperatorError naming the step that failed.
 */
export const playMainJob = async ({
  baseUrl,
  staffPassword,
  report,
}: Demonstration): Promise<Played> => {
  const customerEmail = `demo-${randomBytes(4).toString("hex")}@customer.test`;
  const customerPassword = randomBytes(12).toString("base64url");
  const staff = await signIn(baseUrl, staffEmail, staffPassword);
  await send(
    baseUrl,
    {
      method: "POST",
      path: "/api/auth/sign-up/email",
      body: { email: customerEmail, password: customerPassword, name: "Demo Customer" },
    },
    z.unknown(),
  );
  report(`${customerEmail} signed up.`);
  await verifyEmail(
    baseUrl,
    await waitForMail(baseUrl, staff.token, customerEmail, "verify-email"),
  );
  const customer = await signIn(baseUrl, customerEmail, customerPassword);
  report("The mail address is verified.");
  const licenseKey = await buyStarter(baseUrl, customer.token);
  await waitForMail(baseUrl, staff.token, customerEmail, "license-issued");
  report(`Starter is bought, and the license key arrived by mail: ${licenseKey}`);
  return { customerEmail, customerPassword, licenseKey };
};
