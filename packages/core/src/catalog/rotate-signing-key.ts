import { createPrivateKey } from "node:crypto";
import { DomainError } from "@latchkey/contracts";
import type { Tx } from "@latchkey/db";
import type { SigningAlgorithm } from "@latchkey/license-crypto";
import { createSigner, endorseKey, generateSigningKey } from "@latchkey/license-crypto/sign";
import type { SigningKey } from "@latchkey/license-crypto/sign";
import { audit } from "../audit/audit.ts";
import { authorizeSystem } from "../call.ts";
import type { Call } from "../call.ts";
import type { CoreDeps } from "../deps.ts";
import { inTransaction } from "../transaction.ts";
import type { SigningKeyCache } from "./signing-key-cache.ts";
import * as store from "./store.ts";

type RotationDeps = Pick<CoreDeps, "database" | "vault" | "settings">;

/**
 * Makes `made` the product's active key, in the transaction that retires and is endorsed by the one
 * before it. The first key of a product has no key before it and no endorsement.
 */
export const installSigningKey = async (
  { vault, settings }: Pick<RotationDeps, "vault" | "settings">,
  tx: Tx,
  productId: string,
  made: SigningKey,
): Promise<{ retiredKid: string | null }> => {
  await store.lockProduct(tx, productId);
  const before = await store.findActiveSigningKey(tx, productId);
  const endorsement =
    before &&
    endorseKey(
      createSigner({
        kid: before.kid,
        algorithm: before.algorithm,
        privateKey: createPrivateKey(vault.open("signing-key", before.privateKeyCiphertext)),
      }),
      {
        iss: settings.publicUrl,
        aud: productId,
        iat: Math.floor(tx.now.getTime() / 1000),
        jwk: made.publicJwk,
      },
    );
  if (before) await store.retireSigningKey(tx, before.kid);
  await store.insertSigningKey(tx, {
    kid: made.kid,
    productId,
    algorithm: made.algorithm,
    publicJwk: { ...made.publicJwk },
    privateKeyCiphertext: vault.seal("signing-key", made.privateKeyPem),
    endorsement,
  });
  return { retiredKid: before?.kid ?? null };
};

/**
 * Gives a product a new signing key. What the old key signed stays believed: it verifies for ever, and
 * its endorsement brings running clients to the new one. Throws FORBIDDEN, NOT_FOUND.
 */
export const rotateSigningKey =
  (deps: RotationDeps & { readonly signingKeyCache: SigningKeyCache }) =>
  async (
    call: Call,
    { product, algorithm }: { product: string; algorithm?: SigningAlgorithm },
  ): Promise<{ kid: string }> => {
    authorizeSystem(call);
    // Before the transaction, which may run twice: making an RSA key takes about a second.
    const made = await generateSigningKey(algorithm ?? "EdDSA");
    await inTransaction(deps.database, call, async (tx) => {
      const found = await store.findProduct(tx, product);
      if (!found) throw new DomainError("NOT_FOUND", {}, `There is no product "${product}".`);
      const { retiredKid } = await installSigningKey(deps, tx, found.id, made);
      await audit(tx, call, {
        action: "signing_key.rotate",
        target: { kind: "product", id: found.id },
        organizationId: null,
        before: { kid: retiredKid },
        after: { kid: made.kid, algorithm: made.algorithm },
      });
    });
    deps.signingKeyCache.forget();
    return { kid: made.kid };
  };
