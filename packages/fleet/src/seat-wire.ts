/** Reads what passes over the wire of the seat path, for the ledger; nothing is believed here. */
import { peekPayload } from "@latchkey/license-crypto/verify";
import { z } from "zod";
import type { SeatCall } from "./ledger.ts";

/** What the fleet notes of an answer. `code` is the contract's ErrorCode, or `HTTP n`. */
export type SeenAnswer =
  | { readonly kind: "answered"; readonly lease: string | null }
  | { readonly kind: "refused"; readonly code: string; readonly token: string | null };

const Granted = z.object({ result: z.object({ data: z.object({ lease: z.string() }) }) });
const Refused = z.object({
  error: z.object({
    data: z.object({
      problem: z.object({
        code: z.string(),
        details: z.object({ refusal: z.string() }).optional().catch(undefined),
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
    const granted = Granted.safeParse(body);
    return { kind: "answered", lease: granted.success ? granted.data.result.data.lease : null };
  }
  const refused = Refused.safeParse(body);
  if (!refused.success) return { kind: "refused", code: `HTTP ${status}`, token: null };
  const { code, details } = refused.data.error.data.problem;
  return { kind: "refused", code, token: details?.refusal ?? null };
};

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
