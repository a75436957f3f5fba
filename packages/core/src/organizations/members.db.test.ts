import { createTestDatabase } from "@latchkey/testing";
import type { TestDatabase } from "@latchkey/testing";
import { UserId } from "@latchkey/contracts";
import { connectDatabase, transact } from "@latchkey/db";
import type { Database } from "@latchkey/db";
import { memberships } from "@latchkey/db/schema";
import { and, count, eq, inArray } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Call } from "../call.ts";
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

const rolesIn = async (call: Call) => {
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
    const pairs = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const first = await anOwner();
        return [first, await aMember(first, "owner")] as const;
      }),
    );
    const go = (way: number, call: Call, self: string, other: string) => {
      if (way === 0) return organizations.leaveOrganization(call);
      if (way === 1) return organizations.removeMember(call, { userId: UserId.parse(other) });
      return organizations.changeRole(call, { userId: UserId.parse(self), role: "member" });
    };
    await Promise.allSettled(
      pairs.flatMap(([one, other], index) => [
        go(index % 3, one.call, one.userId, other.userId),
        go(Math.floor(index / 3) % 3, other.call, other.userId, one.userId),
      ]),
    );
    const owners = await transact(database, { kind: "system" }, ({ db }) =>
      db
        .select({ owners: count() })
        .from(memberships)
        .where(
          and(
            eq(memberships.role, "owner"),
            inArray(
              memberships.organizationId,
              pairs.map(([{ organization }]) => organization.id),
            ),
          ),
        )
        .groupBy(memberships.organizationId),
    );
    expect(owners).toEqual(pairs.map(() => ({ owners: 1 })));
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
