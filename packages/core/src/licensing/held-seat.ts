import { SessionId, seatTiming } from "@latchkey/contracts";
import type { HeldSeat } from "@latchkey/contracts";
import { signLease } from "@latchkey/license-crypto/sign";
import type { VerbDeps } from "./deps.ts";
import { leaseClaimsOf } from "./lease-rules.ts";
import type { LeasedSession } from "./lease-rules.ts";

/**
 * A session as its machine gets it, with the lease that proves it and answers the call that sent `nonce`.
 * Rejects when signing fails.
 */
export const toHeldSeat =
  ({ catalog, ownLeases, settings }: Pick<VerbDeps, "catalog" | "ownLeases" | "settings">) =>
  async (session: LeasedSession, usedSeats: number, nonce?: string): Promise<HeldSeat> => {
    const signer = await catalog.getSigner(session.productId);
    const lease = signLease(signer, leaseClaimsOf(session, settings.publicUrl, nonce));
    ownLeases.remember(lease);
    return {
      session: {
        id: SessionId.parse(session.sessionId),
        startedAt: session.startedAt.toISOString(),
        expiresAt: session.expiresAt.toISOString(),
      },
      lease,
      heartbeatInterval: seatTiming.heartbeatSeconds,
      // The count may be a second older than the maximum, or Redis', who knows of ghosts: it decides nothing.
      seats: { used: Math.min(usedSeats, session.maxSeats), max: session.maxSeats },
    };
  };
