import { createTestDatabase } from "@latchkey/testing";
import type { TestDatabase } from "@latchkey/testing";
import { OrganizationId } from "@latchkey/contracts";
import { connectDatabase, newId } from "@latchkey/db";
import type { Database } from "@latchkey/db";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callBy, createPeople } from "./test-people.ts";

let clone: TestDatabase;
let database: Database;
let people: ReturnType<typeof createPeople>;

beforeAll(async () => {
  clone = await createTestDatabase();
  database = connectDatabase({ url: clone.url, applicationName: "organizations test" });
  people = createPeople(database);
});

afterAll(async () => {
  await database.close();
  await clone.close();
});

describe("signing up", () => {
  test("makes one organization named for the person, however often it is asked", async () => {
    const { organizations, aPerson, system } = people;
    const ada = await aPerson("Ada");
    const made = await organizations.recordSignUp(system, ada);
    expect(made).toMatchObject({ name: "Ada's organization", role: "owner" });
    expect(made?.slug).toMatch(/^adas-organization(-[0-9a-f]{6})?$/);
    expect(await organizations.ensureOrganizationOf(system, ada)).toEqual(made);
    const { items } = await organizations.listOrganizations(ada.call, { limit: 20 });
    expect(items).toEqual([made]);
  });

  test("at several nodes at once makes one organization", async () => {
    const { organizations, aPerson, system } = people;
    const person = await aPerson("Grace");
    const made = await Promise.all(
      Array.from({ length: 6 }, () => organizations.ensureOrganizationOf(system, person)),
    );
    expect(new Set(made.map((organization) => organization?.id)).size).toBe(1);
  });

  test("gives two people of one name organizations with slugs of their own", async () => {
    const { organizations, aPerson, system } = people;
    const [one, other] = [await aPerson("Linus"), await aPerson("Linus")];
    const first = await organizations.ensureOrganizationOf(system, one);
    const second = await organizations.ensureOrganizationOf(system, other);
    expect(first?.name).toBe(second?.name);
    expect(first?.slug).toBe("linuss-organization");
    expect(second?.slug).toMatch(/^linuss-organization-[0-9a-f]{6}$/);
  });

  test("makes no organization for the vendor's staff", async () => {
    const { organizations, aPerson, system } = people;
    const person = await aPerson("Operator");
    await organizations.appointStaff(system, { userId: person.userId, role: "support" });
    await organizations.appointStaff(system, { userId: person.userId, role: "support" });
    expect(await organizations.findStaffRole(system, person.userId)).toBe("support");
    expect(await organizations.ensureOrganizationOf(system, person)).toBeNull();
    const me = await organizations.getMe(person.call);
    expect(me).toMatchObject({ staffRole: "support", activeOrganization: null });
  });

  test("makes nobody staff, and no member can", async () => {
    const { organizations, anOwner } = people;
    const owner = await anOwner();
    expect(await organizations.findStaffRole(owner.call, owner.userId)).toBeNull();
    const attempt = organizations.appointStaff(owner.call, { userId: owner.userId, role: "admin" });
    await expect(attempt).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});

describe("a person", () => {
  test("sees who they are and where they act", async () => {
    const { organizations, anOwner } = people;
    const owner = await anOwner("Ada");
    expect(await organizations.getMe(owner.call)).toEqual({
      id: owner.userId,
      email: owner.email,
      emailVerified: true,
      name: "Ada",
      twoFactorEnabled: false,
      staffRole: null,
      activeOrganization: owner.organization,
    });
    await expect(organizations.getMe(callBy({ kind: "anonymous" }))).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
    });
  });

  test("has several organizations, and chooses among their own alone", async () => {
    const { organizations, anOwner } = people;
    const [owner, stranger] = [await anOwner(), await anOwner()];
    const second = await organizations.createOrganization(owner.call, { name: "Second" });
    const { items } = await organizations.listOrganizations(owner.call, { limit: 20 });
    expect(items).toEqual([owner.organization, second]);
    const chosen = { organizationId: second.id };
    expect(await organizations.activateOrganization(owner.call, chosen)).toEqual(second);
    await expect(organizations.activateOrganization(stranger.call, chosen)).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    const unknown = { organizationId: OrganizationId.parse(newId()) };
    await expect(organizations.activateOrganization(owner.call, unknown)).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });

  test("acts as a member where they are one, else as a person", async () => {
    const { organizations, anOwner, system } = people;
    const [owner, stranger] = [await anOwner(), await anOwner()];
    const organizationId = owner.organization.id;
    const { userId } = owner;
    const resolve = organizations.resolveActor;
    expect(await resolve(system, { userId, organizationId })).toEqual(owner.call.actor);
    const outside = await resolve(system, { userId: stranger.userId, organizationId });
    expect(outside.kind).toBe("user");
    expect((await resolve(system, { userId, organizationId: null })).kind).toBe("user");
    await expect(resolve(system, { userId: newId(), organizationId })).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
    });
  });
});

describe("an organization", () => {
  test("is renamed by owners and admins, on record, and keeps its slug", async () => {
    const { organizations, anOwner, aMember, actionsIn } = people;
    const owner = await anOwner();
    const admin = await aMember(owner, "admin");
    const renamed = await organizations.renameOrganization(admin.call, { name: "Acme Ltd" });
    expect(renamed).toEqual({ ...owner.organization, name: "Acme Ltd", role: "admin" });
    const actions = await actionsIn(owner.organization.id);
    expect(actions.at(-1)).toBe("organization.rename");
    await organizations.renameOrganization(admin.call, { name: "Acme Ltd" });
    expect(await actionsIn(owner.organization.id)).toEqual(actions);
    const member = await aMember(owner, "member");
    await expect(
      organizations.renameOrganization(member.call, { name: "Mine" }),
    ).rejects.toMatchObject({ code: "FORBIDDEN" });
  });

  test("is described to whoever may see it", async () => {
    const { organizations, anOwner, system } = people;
    const [mine, theirs] = [await anOwner(), await anOwner()];
    const ids = [mine.organization.id, theirs.organization.id];
    expect((await organizations.describeOrganizations(system, ids)).size).toBe(2);
    const seen = await organizations.describeOrganizations(mine.call, ids);
    expect([...seen.keys()]).toEqual([mine.organization.id]);
    const { userId, email } = mine;
    const described = await organizations.describeUser(system, userId);
    expect(described).toEqual({ id: userId, name: "Ada", email, emailVerified: true });
  });
});
