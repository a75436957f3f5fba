/** Buys licenses in a sandbox server as customers do: sign up, confirm the address, check out, pay by a test card. */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { CheckoutSession, CreatedCheckout, SandboxMail, SandboxPayment } from "@latchkey/contracts";
import { z } from "zod";
import type { StaffLogin } from "../env.ts";
import { UsageError } from "../usage-error.ts";
import { ask } from "./server-requests.ts";

const Signed = z.object({ token: z.string() });
const Mails = z.object({ items: z.array(SandboxMail) });
const Api = z.object({ paths: z.record(z.string(), z.unknown()) });

const signIn = async (host: string, who: string, body: StaffLogin): Promise<string> => {
  const { token } = await ask(
    host,
    `sign ${who} in`,
    { path: "/api/auth/sign-in/email", body },
    Signed,
  );
  return token;
};

/** The staff's token, to read the sandbox's mails by. Throws UsageError where no sandbox or no password is. */
const openSandbox = async (host: string, staff: StaffLogin | null): Promise<string> => {
  const { paths } = await ask(host, "describe itself", { path: "/openapi.json" }, Api);
  if (!Object.keys(paths).some((path) => path.endsWith("/sandbox/mails"))) {
    throw new UsageError(
      `${host} is no sandbox, so nothing can be bought there. Pass license keys with --key-file.`,
    );
  }
  if (staff === null) {
    throw new UsageError(
      "To buy licenses, the verification mails are read as staff: set LATCHKEY_STAFF_PASSWORD. Or pass license keys with --key-file.",
    );
  }
  return signIn(host, "staff", staff);
};

/** The worker sends it a moment after the sign-up; 20 s is far more than it takes. */
const findVerification = async (host: string, token: string, to: string): Promise<string> => {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const path = `/api/v1/sandbox/mails?to=${encodeURIComponent(to)}`;
    const { items } = await ask(host, "show its mails", { path, token }, Mails);
    const mail = items.find(({ template }) => template === "verify-email");
    const link = mail === undefined ? undefined : /https?:\/\/\S+/.exec(mail.text)?.[0];
    if (link !== undefined) return link;
    await sleep(100);
  }
  throw new UsageError("The verification mail did not arrive. Is the worker running?");
};

const buyOne = async (host: string, staffToken: string, plan: string): Promise<string> => {
  const customer = {
    email: `fleet-${randomBytes(6).toString("hex")}@customer.test`,
    password: randomBytes(15).toString("base64url"),
  };
  const signUp = { path: "/api/auth/sign-up/email", body: { ...customer, name: "Fleet" } };
  await ask(host, "sign a customer up", signUp, z.unknown());
  const link = new URL(await findVerification(host, staffToken, customer.email));
  // By the address that we know to answer; the public one may be known elsewhere only.
  await fetch(`${host}${link.pathname}${link.search}`, { redirect: "manual" });
  const token = await signIn(host, "a customer", customer);
  const order = { plan, interval: "month", trial: false };
  const { id } = await ask(
    host,
    `open a checkout of ${plan}`,
    { path: "/api/v1/checkout/sessions", body: order, token },
    CreatedCheckout,
  );
  const payment = { path: `/api/v1/sandbox/checkout/${id}/pay`, body: { card: "pm_card_visa" } };
  await ask(host, "take the test card", payment, SandboxPayment);
  const { licenseKey } = await ask(
    host,
    "show the checkout",
    { path: `/api/v1/checkout/sessions/${id}`, token },
    CheckoutSession,
  );
  if (licenseKey === undefined) throw new UsageError("The paid checkout names no license key.");
  return licenseKey;
};

/** The keys of `count` licenses, each a new customer's. Throws UsageError naming what did not work. */
export const buyLicenses = async (
  host: string,
  { count, plan, staff }: { count: number; plan: string; staff: StaffLogin | null },
  onBought: (bought: number) => void,
): Promise<readonly string[]> => {
  const staffToken = await openSandbox(host, staff);
  const keys: string[] = [];
  while (keys.length < count) {
    keys.push(await buyOne(host, staffToken, plan));
    onBought(keys.length);
  }
  return keys;
};
