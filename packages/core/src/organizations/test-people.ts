import type { MemberRole } from "@latchkey/contracts";
import { newId, transact } from "@latchkey/db";
import type { Database } from "@latchkey/db";
import { auditEntries, outboxEvents, users } from "@latchkey/db/schema";
import { eq } from "drizzle-orm";
import type { Actor, Call } from "../call.ts";
import { createVault } from "../vault.ts";
import { createOrganizations } from "./index.ts";

export const callBy = (actor: Actor): Call => ({
  actor,
  requestId: "test",
  address: "192.0.2.1",
  userAgent: null,
});

/** People and organizations for this domain's tests, made through its own verbs where there is one. */
export const createPeople = (database: Database) => {
  const vault = createVault("a secret of at least thirty-two characters");
  const organizations = createOrganizations({ database, vault });
  const system = callBy({ kind: "system", job: "test" });

  const aPerson = async (name = "Ada", emailVerified = true) => {
    const id = newId();
    const email = `${id}@example.com`;
    await database.drizzle.insert(users).values({ id, name, email, emailVerified });
    const call = callBy({ kind: "user", userId: id, email, emailVerified });
    return { userId: id, name, email, call };
  };

  const memberCall = async (userId: string, organizationId: string): Promise<Call> =>
    callBy(await organizations.resolveActor(system, { userId, organizationId }));

  /** A person with the organization that they own. */
  const anOwner = async (name = "Ada") => {
    const person = await aPerson(name);
    const organization = await organizations.createOrganization(person.call, { name: "Acme" });
    return { ...person, organization, call: await memberCall(person.userId, organization.id) };
  };

  const eventsOf = async (organizationId: string) =>
    transact(database, { kind: "system" }, ({ db }) =>
      db
        .select({ type: outboxEvents.type, payload: outboxEvents.payload })
        .from(outboxEvents)
        .where(eq(outboxEvents.organizationId, organizationId))
        .orderBy(outboxEvents.id),
    );

  /** The token in the newest invitation mail of the organization, as its event carries it. */
  const newestToken = async (organizationId: string): Promise<string> => {
    const invited = (await eventsOf(organizationId)).filter(
      ({ type }) => type === "member.invited",
    );
    const payload = invited.at(-1)?.payload;
    if (typeof payload !== "object" || payload === null || !("sealedToken" in payload)) {
      throw new Error("nobody was invited");
    }
    return vault.open("event-secret", Buffer.from(String(payload.sealedToken), "base64url"));
  };

  /** Another member, who came in by invitation. */
  const aMember = async (owner: Awaited<ReturnType<typeof anOwner>>, role: MemberRole) => {
    const person = await aPerson("Grace");
    await organizations.inviteMember(owner.call, { email: person.email, role });
    const token = await newestToken(owner.organization.id);
    await organizations.acceptInvitation(person.call, { token });
    return { ...person, call: await memberCall(person.userId, owner.organization.id) };
  };

  const actionsIn = async (organizationId: string): Promise<string[]> => {
    const rows = await transact(database, { kind: "system" }, ({ db }) =>
      db
        .select({ action: auditEntries.action })
        .from(auditEntries)
        .where(eq(auditEntries.organizationId, organizationId))
        .orderBy(auditEntries.id),
    );
    return rows.map(({ action }) => action);
  };

  return {
    organizations,
    system,
    aPerson,
    anOwner,
    aMember,
    memberCall,
    newestToken,
    eventsOf,
    actionsIn,
  };
};
