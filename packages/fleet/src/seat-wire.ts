/** Reads what passes over the wire of the seat path, for the ledger; nothing is believed here. */
import { SeatUse } from "@latchkey/contracts";
import { peekPayload } from "@latchkey/license-crypto/verify";
import { z } from "zod";
import type { SeatCall } from "./ledger.ts";

interface ToldSeats {
  /** Seats of the license that are in use, unsigned; null where the answer does not tell. */
  readonly usedSeats: number | null;
}

/** What the fleet notes of an answer. `code` is the contract's ErrorCode, or `HTTP n`. */
export type SeenAnswer = ToldSeats &
  (
    | { readonly kind: "answered"; readonly lease: string | null }
    | { readonly kind: "refused"; readonly code: string; readonly token: string | null }
  );

const Granted = z.object({
  result: z.object({
    data: z.object({ lease: z.string(), seats: SeatUse.optional().catch(undefined) }),
  }),
});
const Refused = z.object({
  error: z.object({
    data: z.object({
      problem: z.object({
        code: z.string(),
        details: z
          .object({
            refusal: z.string(),
            usedSeats: SeatUse.shape.used.optional().catch(undefined),
          })
          .optional()
          .catch(undefined),
      }),
    }),
  }),
});
const Asked = z.object({ lease: z.string().optional(), nonce: z.string().optional() });
const Claims = z.object({ sub: z.string(), sid: z.string(), seq: z.number() });

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/** tRPC's envelope over HTTP: `result.data`, or `error.data.problem`. */
export const readAnswer = (status: number, text: string): SeenAnswer => {
  const body = parse(text);
  if (status >= 200 && status < 300) {
    const { lease, seats } = Granted.safeParse(body).data?.result.data ?? {};
    return { kind: "answered", lease: lease ?? null, usedSeats: seats?.used ?? null };
  }
  const refused = Refused.safeParse(body);
  if (!refused.success) {
    return { kind: "refused", code: `HTTP ${status}`, token: null, usedSeats: null };
  }
  const { code, details } = refused.data.error.data.problem;
  const { refusal: token = null, usedSeats = null } = details ?? {};
  return { kind: "refused", code, token, usedSeats };
};

/** Where a server lists the public keys of its products. */
export const keysPath = "/.well-known/jwks.json";

/** A key set as it was received; null when it is no JSON. */
export const readKeys = (text: string): unknown => parse(text);

/** The seat call that a path of the wire names; null for any other. */
export const seatCallOf = (path: string): SeatCall | null => {
  if (path.includes("seats.heartbeat")) return "heartbeat";
  if (path.includes("seats.acquire")) return "acquire";
  return path.includes("seats.release") ? "release" : null;
};

/** What the body of a seat call asks with: the lease of a heartbeat or release, and the nonce. */
export const readQuestion = (
  body: string,
): { readonly presented: string | null; readonly nonce: string | null } => {
  const { lease = null, nonce = null } = Asked.safeParse(parse(body)).data ?? {};
  return { presented: lease, nonce };
};

/** What a lease claims, unproved: to keep books by, never to judge by. Null when it is no token. */
export const claimedSession = (
  token: string,
): { readonly licenseId: string; readonly sessionId: string; readonly seq: number } | null => {
  const claims = Claims.safeParse(peekPayload(token));
  if (!claims.success) return null;
  const { sub, sid, seq } = claims.data;
  return { licenseId: sub, sessionId: sid, seq };
};
