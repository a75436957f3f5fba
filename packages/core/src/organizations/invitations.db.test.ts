import { createTestDatabase } from "@latchkey/testing";
import type { TestDatabase } from "@latchkey/testing";
import { InvitationId } from "@latchkey/contracts";
import { connectDatabase, newId } from "@latchkey/db";
import type { Database } from "@latchkey/db";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPeople } from "./test-people.ts";

let clone: TestDatabase;
let database: Database;
let people: ReturnType<typeof createPeople>;

beforeAll(async () => {
  clone = await createTestDatabase();
  database = connectDatabase({ url: clone.url, applicationName: "invitations test" });
  people = createPeople(database);
});

afterAll(async () => {
  await database.close();
  await clone.close();
});

/** Lets the sandbox's time pass for everything in this file's database. */
const advanceDays = (days: number) =>
  database.sql`insert into sandbox_clock (ahead) values (make_interval(days => ${days}))
               on conflict (only_row) do update set ahead = sandbox_clock.ahead + excluded.ahead`;

describe("an invitation", () => {
  test("makes a member, on record, and accepting it again changes nothing", async () => {
    const { organizations, anOwner, aPerson, newestToken, eventsOf, actionsIn } = people;
    const owner = await anOwner();
    const organizationId = owner.organization.id;
    const person = await aPerson();
    await organizations.inviteMember(owner.call, { email: person.email, role: "billing" });
    const token = await newestToken(organizationId);
    const first = await organizations.acceptInvitation(person.call, { token });
    expect(first).toEqual({ ...owner.organization, role: "billing" });
    const [events, actions] = [await eventsOf(organizationId), await actionsIn(organizationId)];
    expect(events.map(({ type }) => type)).toEqual([
      "organization.created",
      "member.invited",
      "member.joined",
    ]);
    expect(actions).toEqual(["organization.create", "member.invite", "member.join"]);
    expect(await organizations.acceptInvitation(person.call, { token })).toEqual(first);
    expect(await eventsOf(organizationId)).toEqual(events);
    expect(await actionsIn(organizationId)).toEqual(actions);
  });

  test("accepted twice at once makes one member", async () => {
    const { organizations, anOwner, aPerson, newestToken, actionsIn } = people;
    const owner = await anOwner();
    const person = await aPerson();
    await organizations.inviteMember(owner.call, { email: person.email, role: "member" });
    const token = await newestToken(owner.organization.id);
    await Promise.all(
      Array.from({ length: 6 }, () => organizations.acceptInvitation(person.call, { token })),
    );
    const joins = (await actionsIn(owner.organization.id)).filter((a) => a === "member.join");
    expect(joins).toHaveLength(1);
  });

  test("is in the database and in the event without its token", async () => {
    const { organizations, anOwner, newestToken } = people;
    const owner = await anOwner();
    await organizations.inviteMember(owner.call, { email: "secret@example.com", role: "member" });
    const token = await newestToken(owner.organization.id);
    const dump = await database.sql.begin(async (sql) => {
      await sql`select set_config('latchkey.scope', 'system', true)`;
      return sql`select i::text, e.payload::text, a::text
                 from invitations i, outbox_events e, audit_entries a`;
    });
    expect(dump.length).toBeGreaterThan(0);
    expect(JSON.stringify(dump)).not.toContain(token);
    expect(JSON.stringify(dump)).not.toContain(Buffer.from(token, "base64url").toString("hex"));
  });

  test("of the same address again replaces the link and the role", async () => {
    const { organizations, anOwner, aPerson, newestToken } = people;
    const owner = await anOwner();
    const person = await aPerson();
    const first = await organizations.inviteMember(owner.call, {
      email: person.email,
      role: "member",
    });
    const oldToken = await newestToken(owner.organization.id);
    const second = await organizations.inviteMember(owner.call, {
      email: person.email,
      role: "admin",
    });
    expect(second.id).toBe(first.id);
    const { items } = await organizations.listInvitations(owner.call, { limit: 20 });
    expect(items).toEqual([second]);
    await expect(
      organizations.acceptInvitation(person.call, { token: oldToken }),
    ).rejects.toMatchObject({ code: "NOT_FOUND" });
    const token = await newestToken(owner.organization.id);
    const joined = await organizations.acceptInvitation(person.call, { token });
    expect(joined.role).toBe("admin");
  });

  test("is only for the address that it was mailed to, once that is verified", async () => {
    const { organizations, anOwner, aPerson, newestToken } = people;
    const owner = await anOwner();
    const [thief, unverified] = [await aPerson("Eve"), await aPerson("Ada", false)];
    await organizations.inviteMember(owner.call, { email: unverified.email, role: "member" });
    const token = await newestToken(owner.organization.id);
    for (const { call } of [thief, unverified]) {
      await expect(organizations.acceptInvitation(call, { token })).rejects.toMatchObject({
        code: "FORBIDDEN",
        details: { remedy: expect.any(String) },
      });
    }
    const { items } = await organizations.listMembers(owner.call, { limit: 20 });
    expect(items).toHaveLength(1);
  });

  test("that was withdrawn or never made says so, with a way on", async () => {
    const { organizations, anOwner, aPerson, newestToken } = people;
    const owner = await anOwner();
    const person = await aPerson();
    const { id } = await organizations.inviteMember(owner.call, {
      email: person.email,
      role: "member",
    });
    const token = await newestToken(owner.organization.id);
    expect(await organizations.revokeInvitation(owner.call, { invitationId: id })).toBeNull();
    expect(await organizations.revokeInvitation(owner.call, { invitationId: id })).toBeNull();
    await expect(organizations.acceptInvitation(person.call, { token })).rejects.toMatchObject({
      code: "CONFLICT",
      message: "This invitation was withdrawn.",
      details: { remedy: expect.any(String) },
    });
    await expect(
      organizations.acceptInvitation(person.call, { token: "made-up" }),
    ).rejects.toMatchObject({ code: "NOT_FOUND", details: { remedy: expect.any(String) } });
  });

  test("brings nobody back who was removed after using it", async () => {
    const { organizations, anOwner, aPerson, newestToken, memberCall } = people;
    const owner = await anOwner();
    const person = await aPerson();
    await organizations.inviteMember(owner.call, { email: person.email, role: "member" });
    const token = await newestToken(owner.organization.id);
    await organizations.acceptInvitation(person.call, { token });
    await organizations.leaveOrganization(await memberCall(person.userId, owner.organization.id));
    await expect(organizations.acceptInvitation(person.call, { token })).rejects.toMatchObject({
      code: "CONFLICT",
      message: "This invitation was used.",
    });
  });

  test("of another organization is unknown, to see and to withdraw", async () => {
    const { organizations, anOwner } = people;
    const [mine, theirs] = [await anOwner(), await anOwner()];
    const { id } = await organizations.inviteMember(theirs.call, {
      email: "grace@example.com",
      role: "member",
    });
    await expect(
      organizations.revokeInvitation(mine.call, { invitationId: id }),
    ).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect((await organizations.listInvitations(mine.call, { limit: 20 })).items).toEqual([]);
    expect((await organizations.listInvitations(theirs.call, { limit: 20 })).items).toHaveLength(1);
  });

  test("is refused to members, to admins for owners, and for members already in", async () => {
    const { organizations, anOwner, aMember } = people;
    const owner = await anOwner();
    const member = await aMember(owner, "member");
    await expect(
      organizations.inviteMember(member.call, { email: "x@example.com", role: "member" }),
    ).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(
      organizations.inviteMember(owner.call, { email: member.email, role: "admin" }),
    ).rejects.toMatchObject({ code: "CONFLICT" });
    await expect(
      organizations.revokeInvitation(owner.call, { invitationId: InvitationId.parse(newId()) }),
    ).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("lasts seven days, and its mail knows whether it is still open", async () => {
    const { organizations, anOwner, aPerson, newestToken, system } = people;
    const owner = await anOwner("Ada");
    const person = await aPerson();
    const { id, invitedAt, expiresAt } = await organizations.inviteMember(owner.call, {
      email: person.email,
      role: "member",
    });
    expect(Date.parse(expiresAt) - Date.parse(invitedAt)).toBe(7 * 24 * 60 * 60 * 1000);
    expect(await organizations.describeInvitation(system, id)).toMatchObject({
      organizationName: "Acme",
      invitedByName: "Ada",
      open: true,
    });
    await advanceDays(7);
    const token = await newestToken(owner.organization.id);
    await expect(organizations.acceptInvitation(person.call, { token })).rejects.toMatchObject({
      code: "CONFLICT",
      message: "This invitation has expired.",
      details: { remedy: expect.any(String) },
    });
    expect((await organizations.describeInvitation(system, id)).open).toBe(false);
    expect((await organizations.listInvitations(owner.call, { limit: 20 })).items).toEqual([]);
    const again = await organizations.inviteMember(owner.call, {
      email: person.email,
      role: "member",
    });
    expect(again.id).toBe(id);
  });
});
