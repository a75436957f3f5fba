import { publicJwkSchema } from "@latchkey/license-crypto";
import type { PublicJwk } from "@latchkey/license-crypto";
import type { Call } from "../call.ts";
import type { CoreDeps } from "../deps.ts";
import { inTransaction } from "../transaction.ts";
import * as store from "./store.ts";

/** A key of /.well-known/jwks.json: whose it is, and the word of the key before it, if there was one. */
export type PublishedKey = PublicJwk & { readonly product: string; readonly endorsement?: string };

/** Every product's public keys, oldest first, as a JWK set (RFC 7517). */
export const publicKeys =
  ({ database }: Pick<CoreDeps, "database">) =>
  async (call: Call): Promise<{ keys: PublishedKey[] }> =>
    inTransaction(database, call, async (tx) => {
      const rows = await store.listSigningKeys(tx);
      const keys = rows.map(({ publicJwk, productId, endorsement }) => ({
        ...publicJwkSchema.parse(publicJwk),
        product: productId,
        ...(endorsement !== null && { endorsement }),
      }));
      return { keys };
    });
