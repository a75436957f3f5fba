import type { EventType, MailTemplate } from "@latchkey/contracts";
import { systemCall } from "@latchkey/core";
import type { OutgoingMail } from "@latchkey/core/ports";
import { newId, transact } from "@latchkey/db";
import { mails, memberships, outboxEvents, users } from "@latchkey/db/schema";
import { openLicenseFile } from "@latchkey/license-crypto/verify";
import { aCustomer, callBy, createTestCore } from "@latchkey/testing/test-core";
import type { Customer, TestCore } from "@latchkey/testing/test-core";
import { and, desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

const system = systemCall("send-mail");
const sent: OutgoingMail[] = [];
/** What the provider does with a mail: takes it, unless a test says otherwise. */
let provider: (mail: OutgoingMail) => Promise<void> = () => Promise.resolve();
let world: TestCore;
beforeAll(async () => {
  world = await createTestCore({
    mailTransport: {
      send: async (mail) => {
        await provider(mail);
        sent.push(mail);
      },
    },
  });
});
afterAll(() => world.close());
beforeEach(() => {
  sent.length = 0;
  provider = () => Promise.resolve();
});

const send = (eventId: string, template: MailTemplate, final = false) =>
  world.core.mail.sendMailForEvent(system, { eventId, template, final });

const asSystem = <Result>(work: Parameters<typeof transact<Result>>[2]) =>
  transact(world.database, { kind: "system" }, work);

const mailsOf = (eventId: string) =>
  asSystem(({ db }) =>
    db.select().from(mails).where(eq(mails.eventId, eventId)).orderBy(mails.toAddress),
  );

/** The newest event of that type, of an organization where one is named. */
const latestEvent = async (type: EventType, organizationId?: string): Promise<string> => {
  const rows = await asSystem(({ db }) =>
    db
      .select({ id: outboxEvents.id })
      .from(outboxEvents)
      .where(
        and(
          eq(outboxEvents.type, type),
          organizationId === undefined
            ? undefined
            : eq(outboxEvents.organizationId, organizationId),
        ),
      )
      .orderBy(desc(outboxEvents.id))
      .limit(1),
  );
  return rows[0]?.id ?? "";
};

/** A trial just started: its license, and the event that tells of it. */
const aTrial = async () => {
  const customer = await aCustomer(world);
  const { id } = await world.core.billing.createCheckout(customer.call, {
    plan: "starter",
    interval: "month",
    trial: true,
  });
  const found = await world.core.billing.getCheckout(customer.call, { checkoutSessionId: id });
  const eventId = await latestEvent("license.issued", customer.organizationId);
  const { licenseKey = "", licenseId = "", subscriptionId = "" } = found;
  return { customer, eventId, licenseKey, licenseId, subscriptionId };
};

const addMember = async ({ organizationId }: Customer, role: "admin" | "billing" | "member") => {
  const id = newId();
  const email = `${role}-${id}@customer.test`;
  await asSystem(async ({ db, now }) => {
    await db.insert(users).values({ id, name: role, email, emailVerified: true });
    await db.insert(memberships).values({ organizationId, userId: id, role, joinedAt: now });
  });
  return email;
};

describe("the mail of a new license", () => {
  it("carries the key, and the license file, which the public keys alone prove", async () => {
    const { customer, eventId, licenseKey, licenseId } = await aTrial();
    await send(eventId, "license-issued");
    expect(sent).toHaveLength(1);
    const [mail] = sent;
    expect(mail).toMatchObject({ to: customer.email, subject: "Your Latch trial key" });
    expect(mail?.text).toContain(licenseKey);
    expect(mail?.html).toContain(licenseKey);
    expect(mail?.text).toContain(`http://localhost:4700/licenses/${licenseId}`);
    const [file] = mail?.attachments ?? [];
    expect(file?.filename).toBe("license.latchkey");
    const { productId, expiresAt } = await world.core.licensing.describeLicense(system, licenseId);
    const opened = openLicenseFile(
      file?.content ?? "",
      await world.core.catalog.getKeyRing(productId),
      { nowSeconds: Date.now() / 1000, audience: productId },
    );
    expect(opened).toMatchObject({
      ok: true,
      claims: { sub: licenseId, exp: Math.floor((expiresAt?.getTime() ?? 0) / 1000) },
    });
  });

  it("goes to who may manage licenses, and is a mail of its own for each", async () => {
    const { customer, eventId } = await aTrial();
    const admin = await addMember(customer, "admin");
    await addMember(customer, "billing");
    await addMember(customer, "member");
    await send(eventId, "license-issued");
    expect(sent.map(({ to }) => to).toSorted()).toEqual([admin, customer.email].toSorted());
    expect(new Set(sent.map(({ id }) => id)).size).toBe(2);
  });

  it("is stored sealed: a dump of the table tells no key", async () => {
    const { customer, eventId, licenseKey } = await aTrial();
    await send(eventId, "license-issued");
    const [row] = await mailsOf(eventId);
    expect(row).toMatchObject({
      status: "sent",
      attempts: 1,
      lastError: null,
      organizationId: customer.organizationId,
      sentAt: expect.any(Date),
    });
    const dump = JSON.stringify({ ...row, contentCiphertext: "" });
    expect(dump).not.toContain(licenseKey);
    expect(row?.contentCiphertext.includes(licenseKey)).toBe(false);
  });

  it("still tells the key when the license ended before the mail was written, without a file", async () => {
    const { eventId, licenseKey, licenseId } = await aTrial();
    const staff = callBy({ kind: "staff", userId: newId(), email: "s@vendor.test", role: "admin" });
    await world.core.licensing.suspendLicense(staff, { licenseId, reason: "test" });
    await send(eventId, "license-issued");
    expect(sent[0]?.attachments).toEqual([]);
    expect(sent[0]?.text).toContain(licenseKey);
    expect(sent[0]?.text).not.toContain("attached");
  });
});

describe("sending", () => {
  it("changes nothing when it is repeated, also many times at once", async () => {
    const { eventId } = await aTrial();
    const runs = [1, 2, 3].map(() => send(eventId, "license-issued"));
    const outcomes = await Promise.allSettled(runs);
    expect(outcomes.some(({ status }) => status === "fulfilled")).toBe(true);
    await send(eventId, "license-issued");
    expect(sent).toHaveLength(1);
    expect(await mailsOf(eventId)).toMatchObject([{ status: "sent", attempts: 1 }]);
  });

  it("tells a run that meets another to come back, and sends nothing twice", async () => {
    const { eventId } = await aTrial();
    const asked = Promise.withResolvers<undefined>();
    const answer = Promise.withResolvers<undefined>();
    provider = async () => {
      asked.resolve(undefined);
      await answer.promise;
    };
    const first = send(eventId, "license-issued");
    await asked.promise;
    await expect(send(eventId, "license-issued")).rejects.toMatchObject({ code: "UNAVAILABLE" });
    answer.resolve(undefined);
    await first;
    expect(sent).toHaveLength(1);
  });

  it("keeps a mail queued with what the provider said, and sends the same mail later", async () => {
    const { eventId } = await aTrial();
    const refused: OutgoingMail[] = [];
    provider = (mail) => {
      refused.push(mail);
      return Promise.reject(new Error("421 try again later"));
    };
    await expect(send(eventId, "license-issued")).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringContaining("421 try again later"),
    });
    expect(await mailsOf(eventId)).toMatchObject([
      { status: "queued", attempts: 1, lastError: "421 try again later", sentAt: null },
    ]);
    provider = () => Promise.resolve();
    await send(eventId, "license-issued");
    expect(sent).toEqual(refused);
    expect(await mailsOf(eventId)).toMatchObject([
      { status: "sent", attempts: 2, lastError: null },
    ]);
  });

  it("marks a mail failed at the job's last try; asking again still sends it", async () => {
    const { eventId } = await aTrial();
    provider = () => Promise.reject(new Error("550 no such box"));
    await expect(send(eventId, "license-issued", true)).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
    expect(await mailsOf(eventId)).toMatchObject([{ status: "failed", attempts: 1 }]);
    provider = () => Promise.resolve();
    await send(eventId, "license-issued");
    expect(await mailsOf(eventId)).toMatchObject([{ status: "sent", attempts: 2 }]);
  });

  it("does not let one receiver's failure keep the mail from the others, nor send theirs twice", async () => {
    const { customer, eventId } = await aTrial();
    const admin = await addMember(customer, "admin");
    provider = ({ to }) => (to === admin ? Promise.reject(new Error("full")) : Promise.resolve());
    await expect(send(eventId, "license-issued")).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(sent.map(({ to }) => to)).toEqual([customer.email]);
    provider = () => Promise.resolve();
    await send(eventId, "license-issued");
    expect(sent.map(({ to }) => to)).toEqual([customer.email, admin]);
  });

  it("is done by the house alone, for an event that exists and is of the template's type", async () => {
    const { customer, eventId } = await aTrial();
    await expect(
      world.core.mail.sendMailForEvent(customer.call, { eventId, template: "license-issued" }),
    ).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(send(newId(), "license-issued")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(send(eventId, "invitation")).rejects.toThrow("is license.issued");
    expect(sent).toEqual([]);
  });
});

describe("mails to a person", () => {
  it.each([
    ["verify-email", "requestVerification", "user.verification_requested"],
    ["reset-password", "requestPasswordReset", "user.password_reset_requested"],
  ] as const)("%s carries the link, which the event keeps sealed", async (template, ask, type) => {
    const { userId, email } = await aCustomer(world);
    const url = `http://localhost:4700/api/auth/x?token=${newId()}`;
    await world.core.mail[ask](callBy({ kind: "anonymous" }), { userId, url });
    const eventId = await latestEvent(type);
    const [event] = await asSystem(({ db }) =>
      db.select().from(outboxEvents).where(eq(outboxEvents.id, eventId)),
    );
    expect(JSON.stringify(event)).not.toContain(url);
    await send(eventId, template);
    expect(sent).toMatchObject([{ to: email, text: expect.stringContaining(url) }]);
    expect(await mailsOf(eventId)).toMatchObject([{ organizationId: null }]);
  });

  it("account-exists leads to signing in and to a new password", async () => {
    const { userId, email } = await aCustomer(world);
    await world.core.mail.reportRepeatedSignUp(callBy({ kind: "anonymous" }), { userId });
    await send(await latestEvent("user.sign_up_repeated"), "account-exists");
    expect(sent).toMatchObject([{ to: email }]);
    expect(sent[0]?.text).toContain("http://localhost:4700/sign-in");
    expect(sent[0]?.text).toContain("http://localhost:4700/forgot-password");
  });

  it("an invitation carries a link that accepts it, until it is withdrawn", async () => {
    const { call, organizationId } = await aCustomer(world);
    const email = `${newId()}@invited.test`;
    const invited = await world.core.organizations.inviteMember(call, { email, role: "billing" });
    const eventId = await latestEvent("member.invited", organizationId);
    await send(eventId, "invitation");
    expect(sent).toMatchObject([{ to: email }]);
    const token = /#token=(\S+)/.exec(sent[0]?.text ?? "")?.[1];
    expect(decodeURIComponent(token ?? "")).not.toBe("");

    const other = await world.core.organizations.inviteMember(call, {
      email: `x${email}`,
      role: "member",
    });
    expect(other.id).not.toBe(invited.id);
    await world.core.organizations.revokeInvitation(call, { invitationId: other.id });
    await send(await latestEvent("member.invited", organizationId), "invitation");
    expect(sent).toHaveLength(1);
  });
});

describe("mails about an end", () => {
  it("a trial's end is told to who may buy, and its license sends none of its own", async () => {
    const { customer, licenseId, subscriptionId } = await aTrial();
    const { organizationId } = customer;
    const billing = await addMember(customer, "billing");
    await addMember(customer, "admin");
    await world.advance(14 * 24 * 3600);
    await world.core.licensing.expireLicense(system, { licenseId });
    await world.core.billing.endTrial(system, { subscriptionId });
    await send(await latestEvent("subscription.canceled", organizationId), "trial-ended");
    expect(sent.map(({ to }) => to).toSorted()).toEqual([customer.email, billing].toSorted());
    expect(sent[0]?.text).toContain("http://localhost:4700/plans");
    await send(await latestEvent("license.expired", organizationId), "license-expired");
    expect(sent).toHaveLength(2);
  });

  it("a paid license's end is told, and so is a new key", async () => {
    const customer = await aCustomer(world);
    const { organizationId, call } = customer;
    const { id } = await world.core.billing.createCheckout(call, {
      plan: "starter",
      interval: "month",
      trial: false,
    });
    const card = { checkoutSessionId: id, card: "pm_card_visa", authenticated: false };
    await world.core.billing.paySandboxCheckout(callBy({ kind: "anonymous" }), card);
    const { licenseId } = await world.core.billing.getCheckout(call, { checkoutSessionId: id });
    if (licenseId === undefined) throw new Error("no license");
    const { licenseKey } = await world.core.licensing.rotateKey(call, { licenseId });
    await send(await latestEvent("license.key_rotated", organizationId), "license-key-rotated");
    expect(sent).toMatchObject([{ to: customer.email, text: expect.stringContaining(licenseKey) }]);

    await world.advance(32 * 24 * 3600);
    await world.core.licensing.expireLicense(system, { licenseId });
    await send(await latestEvent("license.expired", organizationId), "license-expired");
    expect(sent).toMatchObject([
      {},
      { to: customer.email, subject: expect.stringContaining("expired") },
    ]);
  });
});
