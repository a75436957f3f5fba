import { createTestDatabase } from "@latchkey/testing";
import type { TestDatabase } from "@latchkey/testing";
import { UserId } from "@latchkey/contracts";
import { connectDatabase, newId } from "@latchkey/db";
import type { Database } from "@latchkey/db";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPeople } from "./test-people.ts";

let clone: TestDatabase;
let database: Database;
let people: ReturnType<typeof createPeople>;

beforeAll(async () => {
  clone = await createTestDatabase();
  database = connectDatabase({ url: clone.url, applicationName: "members test" });
  people = createPeople(database);
});

afterAll(async () => {
  await database.close();
  await clone.close();
});

const rolesIn = async (call: Parameters<typeof people.organizations.listMembers>[0]) => {
  const { items } = await people.organizations.listMembers(call, { limit: 100 });
  return items.map(({ role }) => role);
};

describe("roles", () => {
  test("change, on record, and the same change again does nothing", async () => {
    const { organizations, anOwner, aMember, actionsIn } = people;
    const owner = await anOwner();
    const member = await aMember(owner, "member");
    const input = { userId: UserId.parse(member.userId), role: "billing" } as const;
    const first = await organizations.changeRole(owner.call, input);
    expect(first).toMatchObject({ email: member.email, role: "billing" });
    const recorded = await actionsIn(owner.organization.id);
    expect(recorded.at(-1)).toBe("member.change_role");
    expect(await organizations.changeRole(owner.call, input)).toEqual(first);
    expect(await actionsIn(owner.organization.id)).toEqual(recorded);
  });

  test("of owners are out of an admin's reach", async () => {
    const { organizations, anOwner, aMember } = people;
    const owner = await anOwner();
    const admin = await aMember(owner, "admin");
    const userId = UserId.parse(owner.userId);
    const attempts = [
      () => organizations.changeRole(admin.call, { userId, role: "member" }),
      () =>
        organizations.changeRole(admin.call, { userId: UserId.parse(admin.userId), role: "owner" }),
      () => organizations.removeMember(admin.call, { userId }),
      () => organizations.inviteMember(admin.call, { email: "new@example.com", role: "owner" }),
    ];
    for (const attempt of attempts) {
      await expect(attempt()).rejects.toMatchObject({ code: "FORBIDDEN" });
    }
    expect(await rolesIn(owner.call)).toEqual(["owner", "admin"]);
  });

  test("are judged by what the actor is now, not by what the request began with", async () => {
    const { organizations, anOwner, aMember } = people;
    const owner = await anOwner();
    const admin = await aMember(owner, "admin");
    const member = await aMember(owner, "member");
    await organizations.changeRole(owner.call, {
      userId: UserId.parse(admin.userId),
      role: "member",
    });
    const stale = organizations.removeMember(admin.call, { userId: UserId.parse(member.userId) });
    await expect(stale).rejects.toMatchObject({ code: "FORBIDDEN" });
  });

  test("belong to one organization: others' members are unknown", async () => {
    const { organizations, anOwner } = people;
    const [mine, theirs] = [await anOwner(), await anOwner()];
    const userId = UserId.parse(theirs.userId);
    await expect(
      organizations.changeRole(mine.call, { userId, role: "member" }),
    ).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(organizations.removeMember(mine.call, { userId })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    expect(await rolesIn(theirs.call)).toEqual(["owner"]);
  });
});

describe("removal", () => {
  test("ends the member's acting in the organization with their next request", async () => {
    const { organizations, anOwner, aMember, memberCall, eventsOf } = people;
    const owner = await anOwner();
    const member = await aMember(owner, "admin");
    const userId = UserId.parse(member.userId);
    expect(await organizations.removeMember(owner.call, { userId })).toBeNull();
    const { actor } = await memberCall(member.userId, owner.organization.id);
    expect(actor.kind).toBe("user");
    const told = (await eventsOf(owner.organization.id)).at(-1);
    expect(told).toEqual({
      type: "member.removed",
      payload: { organizationId: owner.organization.id, userId },
    });
    await expect(organizations.removeMember(owner.call, { userId })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });

  test("by oneself is leaving, once", async () => {
    const { organizations, anOwner, aMember, actionsIn } = people;
    const owner = await anOwner();
    const member = await aMember(owner, "member");
    expect(await organizations.leaveOrganization(member.call)).toBeNull();
    expect(await organizations.leaveOrganization(member.call)).toBeNull();
    const left = (await actionsIn(owner.organization.id)).filter((a) => a === "member.leave");
    expect(left).toHaveLength(1);
  });
});

describe("the last owner", () => {
  test("cannot leave, be removed or step down", async () => {
    const { organizations, anOwner } = people;
    const owner = await anOwner();
    const userId = UserId.parse(owner.userId);
    const attempts = [
      () => organizations.leaveOrganization(owner.call),
      () => organizations.removeMember(owner.call, { userId }),
      () => organizations.changeRole(owner.call, { userId, role: "admin" }),
    ];
    for (const attempt of attempts) {
      await expect(attempt()).rejects.toMatchObject({
        code: "CONFLICT",
        details: { remedy: "Make another member an owner first." },
      });
    }
    expect(await rolesIn(owner.call)).toEqual(["owner"]);
  });

  test("stays when all owners go at the same moment, each by another way", async () => {
    const { organizations, anOwner, aMember } = people;
    const owner = await anOwner();
    const owners = [owner];
    for (let made = 0; made < 5; made += 1) {
      owners.push({ ...(await aMember(owner, "owner")), organization: owner.organization });
    }
    const goings = owners.map(({ call, userId: id }, index) => {
      const userId = UserId.parse(id);
      const victim = UserId.parse(owners[(index + 1) % owners.length]?.userId ?? newId());
      if (index % 3 === 0) return organizations.leaveOrganization(call);
      if (index % 3 === 1) return organizations.changeRole(call, { userId, role: "member" });
      return organizations.removeMember(call, { userId: victim });
    });
    await Promise.allSettled(goings);
    await Promise.allSettled(owners.map(({ call }) => organizations.leaveOrganization(call)));
    const rows = await database.sql.begin(async (sql) => {
      await sql`select set_config('latchkey.scope', 'system', true)`;
      return sql`select 1 from memberships
                 where organization_id = ${owner.organization.id} and role = 'owner'`;
    });
    expect(rows).toHaveLength(1);
  });
});

describe("the list of members", () => {
  test("comes in pages, first joined first, each member once", async () => {
    const { organizations, anOwner, aMember } = people;
    const owner = await anOwner();
    for (let made = 0; made < 4; made += 1) await aMember(owner, "member");
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await organizations.listMembers(owner.call, {
        limit: 2,
        ...(cursor !== undefined && { cursor }),
      });
      seen.push(...page.items.map(({ userId }) => userId));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen[0]).toBe(owner.userId);
    expect(new Set(seen).size).toBe(5);
    expect(seen).toHaveLength(5);
  });

  test("refuses a cursor that no page gave", async () => {
    const owner = await people.anOwner();
    await expect(
      people.organizations.listMembers(owner.call, { limit: 2, cursor: "made-up" }),
    ).rejects.toMatchObject({ code: "BAD_REQUEST" });
  });

  test("tells other domains whom to write to", async () => {
    const { organizations, anOwner, aMember, system } = people;
    const owner = await anOwner();
    const billing = await aMember(owner, "billing");
    await aMember(owner, "admin");
    const organizationId = owner.organization.id;
    const contacts = await organizations.listContacts(system, {
      organizationId,
      permission: "billing:read",
    });
    expect(contacts.map(({ email }) => email)).toEqual([owner.email, billing.email]);
  });
});
