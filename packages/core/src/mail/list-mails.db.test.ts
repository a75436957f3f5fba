import { createCore, systemCall } from "@latchkey/core";
import { newId, transact } from "@latchkey/db";
import { mails, outboxEvents } from "@latchkey/db/schema";
import { aCustomer, callBy, createTestCore } from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import { desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let world: TestCore;
let fails = false;
beforeAll(async () => {
  world = await createTestCore({
    mailTransport: {
      send: () => (fails ? Promise.reject(new Error("away")) : Promise.resolve()),
    },
  });
});
afterAll(() => world.close());

const staff = callBy({ kind: "staff", userId: newId(), email: "s@vendor.test", role: "viewer" });

const aMail = async (url = "http://localhost:4700/v") => {
  const { userId, email } = await aCustomer(world);
  await world.core.mail.requestVerification(callBy({ kind: "anonymous" }), { userId, url });
  const [event] = await transact(world.database, { kind: "system" }, ({ db }) =>
    db
      .select({ id: outboxEvents.id })
      .from(outboxEvents)
      .where(eq(outboxEvents.type, "user.verification_requested"))
      .orderBy(desc(outboxEvents.id))
      .limit(1),
  );
  const mail = { eventId: event?.id ?? "", template: "verify-email" as const };
  await world.core.mail.sendMailForEvent(systemCall("test"), mail).catch(() => undefined);
  return email;
};

describe("the staff's list of mails", () => {
  it("pages through all of them, newest first, with their state and without what they say", async () => {
    const addresses = [await aMail(), await aMail(), await aMail()];
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await world.core.mail.listMails(staff, { limit: 2, cursor });
      seen.push(...page.items.map(({ to }) => to));
      cursor = page.nextCursor ?? undefined;
      expect(JSON.stringify(page)).not.toContain("http://localhost:4700/v");
    } while (cursor !== undefined);
    expect(seen).toEqual(addresses.toReversed());
  });

  it("finds by state and by address", async () => {
    fails = true;
    const waiting = await aMail();
    fails = false;
    const queued = await world.core.mail.listMails(staff, { limit: 20, status: "queued" });
    expect(queued.items).toMatchObject([
      { to: waiting, status: "queued", attempts: 1, lastError: "away", sentAt: null },
    ]);
    const found = await world.core.mail.listMails(staff, { limit: 20, to: waiting });
    expect(found.items).toHaveLength(1);
    const nothing = await world.core.mail.listMails(staff, {
      limit: 20,
      to: waiting,
      status: "sent",
    });
    expect(nothing).toEqual({ items: [], nextCursor: null });
  });

  it("is the staff's alone", async () => {
    const { call } = await aCustomer(world);
    for (const list of [world.core.mail.listMails, world.core.mail.readOutbox]) {
      await expect(list(call, { limit: 1 })).rejects.toMatchObject({ code: "FORBIDDEN" });
      await expect(list(callBy({ kind: "anonymous" }), { limit: 1 })).rejects.toMatchObject({
        code: "UNAUTHENTICATED",
      });
      await expect(list(staff, { limit: 1, cursor: "x" })).rejects.toMatchObject({
        code: "BAD_REQUEST",
      });
    }
  });
});

describe("the sandbox's outbox", () => {
  it("opens the mails that were sent, newest first", async () => {
    const url = `http://localhost:4700/v?token=${newId()}`;
    const email = await aMail(url);
    const { items } = await world.core.mail.readOutbox(staff, { limit: 1 });
    expect(items).toMatchObject([
      {
        to: email,
        template: "verify-email",
        text: expect.stringContaining(url),
        html: expect.stringContaining(url),
        attachments: [],
      },
    ]);
    fails = true;
    const unsent = await aMail();
    fails = false;
    expect(await world.core.mail.readOutbox(staff, { limit: 1, to: unsent })).toMatchObject({
      items: [],
    });
  });

  it("does not exist outside the sandbox", async () => {
    const production = createCore({
      ...world.deps,
      settings: { ...world.deps.settings, mode: "production" },
    });
    await expect(production.mail.readOutbox(staff, { limit: 1 })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });

  it("shows nothing to an organization that looks into the table", async () => {
    const { organizationId } = await aCustomer(world);
    await aMail();
    const rows = await transact(world.database, { kind: "tenant", organizationId }, ({ db }) =>
      db.select({ id: mails.id }).from(mails),
    );
    expect(rows).toEqual([]);
  });
});
