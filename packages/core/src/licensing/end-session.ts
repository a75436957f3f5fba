import { DomainError, LicenseId, SessionId } from "@latchkey/contracts";
import { audit } from "../audit/audit.ts";
import { authorizeMember } from "../call.ts";
import type { Call } from "../call.ts";
import { emit } from "../events/emit.ts";
import { inTransaction } from "../transaction.ts";
import type { VerbDeps } from "./deps.ts";
import * as sessionEndStore from "./session-end-store.ts";
import * as sessionStore from "./session-store.ts";

/**
 * Ends somebody's session and frees the seat; its newest heartbeat learns why. One that ended already
 * stays so. Throws FORBIDDEN, NOT_FOUND.
 */
export const endSession =
  ({ database, fullLicenses, seatCache }: VerbDeps) =>
  async (
    call: Call,
    { licenseId, sessionId }: { licenseId: string; sessionId: string },
  ): Promise<null> => {
    authorizeMember(call, "licenses:manage");
    const ended = await inTransaction(database, call, async (tx) => {
      const session = await sessionStore.findSession(tx, sessionId);
      if (!session || session.licenseId !== licenseId) {
        throw new DomainError("NOT_FOUND", {}, "This license has no such session.");
      }
      const [row] = await sessionEndStore.endSessions(tx, [sessionId], "ended_by_member");
      if (!row) return null;
      const { organizationId, machineId } = session;
      const reason = row.endReason ?? "ended_by_member";
      await audit(tx, call, {
        action: "session.end",
        target: { kind: "session", id: sessionId },
        organizationId,
        after: { licenseId, machineId, reason },
      });
      await emit(tx, call, {
        type: "session.ended",
        organizationId,
        payload: {
          licenseId: LicenseId.parse(licenseId),
          sessionId: SessionId.parse(sessionId),
          reason,
        },
      });
      return machineId;
    });
    if (ended !== null) {
      fullLicenses.forget(licenseId);
      void seatCache.release(licenseId, [ended]);
    }
    return null;
  };
