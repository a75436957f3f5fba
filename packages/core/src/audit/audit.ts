import type { Tx } from "@latchkey/db";
import { auditEntries } from "@latchkey/db/schema";
import type { Actor, Call } from "../call.ts";

/** What happened to what; `before` and `after` hold the changed facts and never a secret. */
export interface AuditRecord {
  /** Noun and verb, such as "license.rotate_key". */
  readonly action: string;
  readonly target: { readonly kind: string; readonly id: string };
  readonly organizationId: string | null;
  readonly before?: unknown;
  readonly after?: unknown;
}

const describeActor = (
  actor: Actor,
): { actorKind: Actor["kind"]; actorId: string | null; actorLabel: string | null } => {
  switch (actor.kind) {
    case "user":
    case "member":
    case "staff":
      return { actorKind: actor.kind, actorId: actor.userId, actorLabel: actor.email };
    case "machine":
      return { actorKind: actor.kind, actorId: actor.machineId, actorLabel: null };
    case "gateway":
      return { actorKind: actor.kind, actorId: null, actorLabel: actor.gateway };
    case "system":
      return { actorKind: actor.kind, actorId: null, actorLabel: actor.job };
    case "anonymous":
      return { actorKind: actor.kind, actorId: null, actorLabel: null };
  }
};

/** Adds to the audit trail in the transaction whose change it records. */
export const audit = async (tx: Tx, call: Call, record: AuditRecord): Promise<void> => {
  await tx.db.insert(auditEntries).values({
    at: tx.now,
    organizationId: record.organizationId,
    ...describeActor(call.actor),
    action: record.action,
    targetKind: record.target.kind,
    targetId: record.target.id,
    before: record.before ?? null,
    after: record.after ?? null,
    address: call.address,
    requestId: call.requestId,
  });
};
