import { SessionId, seatTiming } from "@latchkey/contracts";
import type { HeldSeat } from "@latchkey/contracts";
import { signLease } from "@latchkey/license-crypto/sign";
import type { LicensingDeps } from "./deps.ts";
import { leaseClaimsOf } from "./lease-rules.ts";
import type { LeasedSession } from "./lease-rules.ts";

/**
 * A session as its machine gets it, with the lease that proves it and answers the call that sent `nonce`.
 * Rejects when signing fails.
 */
export const toHeldSeat =
  ({ catalog, settings }: Pick<LicensingDeps, "catalog" | "settings">) =>
  async (
    session: LeasedSession,
    usedSeats: number,
    nonce?: string | undefined,
  ): Promise<HeldSeat> => {
    const signer = await catalog.getSigner(session.productId);
    return {
      session: {
        id: SessionId.parse(session.sessionId),
        startedAt: session.startedAt.toISOString(),
        expiresAt: session.expiresAt.toISOString(),
      },
      lease: signLease(signer, leaseClaimsOf(session, settings.publicUrl, nonce)),
      heartbeatInterval: seatTiming.heartbeatSeconds,
      seats: { used: usedSeats, max: session.maxSeats },
    };
  };
