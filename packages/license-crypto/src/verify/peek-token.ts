import * as z from "zod/mini";
import { MAX_TOKEN_LENGTH } from "../claims.ts";
import { decodeJson } from "./compact-encoding.ts";

const namedSchema = z.object({
  header: z.object({ kid: z.string() }),
  payload: z.object({ aud: z.string() }),
});

/** What a token says, or undefined for what is no token. Nothing of it is proved. */
export function peekPayload(token: string): unknown {
  return token.length > MAX_TOKEN_LENGTH ? undefined : decodeJson(token.split(".", 2)[1] ?? "");
}

/**
 * The key and the product that a token names; null for what is no token of ours. Nothing of it is proved:
 * it says which keys to try, and whether they have to be fetched first.
 */
export function peekToken(token: string): { kid: string; audience: string } | null {
  if (token.length > MAX_TOKEN_LENGTH) return null;
  const [header = ""] = token.split(".", 1);
  const named = namedSchema.safeParse({ header: decodeJson(header), payload: peekPayload(token) });
  return named.success ? { kid: named.data.header.kid, audience: named.data.payload.aud } : null;
}
