import { createPrivateKey } from "node:crypto";
import { createOwnKeyRing, createSigner } from "@latchkey/license-crypto/sign";
import type { Signer } from "@latchkey/license-crypto/sign";
import { createKeyRing, peekToken } from "@latchkey/license-crypto/verify";
import type { KeyRing } from "@latchkey/license-crypto/verify";
import { systemCall } from "../call.ts";
import type { Call } from "../call.ts";
import type { CoreDeps } from "../deps.ts";
import { inTransaction } from "../transaction.ts";
import * as store from "./store.ts";

/** A node signs with a key that was rotated elsewhere for this long at most. */
const signerMaxAgeMs = 15_000;
/** A stranger can name any kid; PostgreSQL is asked about unknown ones this often at most. */
const unknownKidPauseMs = 1_000;

type SigningKeyRow = Awaited<ReturnType<typeof store.listSigningKeys>>[number];

interface ProductKeys {
  readonly ring: KeyRing;
  readonly active: SigningKeyRow | undefined;
}

interface Loaded {
  readonly byProduct: ReadonlyMap<string, ProductKeys>;
  /** Monotonic milliseconds of this process: how old the copy is, no instant of the product's. */
  readonly loadedAtMs: number;
}

const emptyRing = createKeyRing({ keys: [] });

/**
 * This process's copy of all signing keys, none to begin with. It is read on first use and again when
 * it is too old to sign by, when a token names a kid that it lacks, and after a rotation here. Callers
 * that come together share one read, except inside a transaction, which reads by its own connection.
 */
export const createSigningKeyCache = ({
  database,
  ed25519,
  vault,
}: Pick<CoreDeps, "database" | "ed25519" | "vault">) => {
  let loaded: Loaded | null = null;
  let loading: Promise<Loaded> | null = null;
  const signers = new Map<string, Signer>();

  const signerOf = ({ kid, algorithm, privateKeyCiphertext }: SigningKeyRow): Signer => {
    const known = signers.get(kid);
    if (known) return known;
    const privateKey = createPrivateKey(vault.open("signing-key", privateKeyCiphertext));
    const signer = createSigner({ kid, algorithm, privateKey, ...(ed25519 && { ed25519 }) });
    signers.set(kid, signer);
    return signer;
  };

  /** Null where the private key cannot be opened: leases are then verified, and `getSigner` still throws. */
  const findSigner = (row: SigningKeyRow): Signer | null => {
    try {
      return signerOf(row);
    } catch {
      return null;
    }
  };

  /** For the active key alone: after a rotation a session shows a lease of the former key once, and gets one of this. */
  const toProductKeys = (keys: readonly SigningKeyRow[]): ProductKeys => {
    const ring = createKeyRing({ keys: keys.map(({ publicJwk }) => publicJwk) });
    const active = keys.find(({ status }) => status === "active");
    if (!active) return { ring, active };
    const { kid } = active;
    return { ring: createOwnKeyRing(ring, { kid, findSigner: () => findSigner(active) }), active };
  };

  const read = async (call: Call): Promise<Loaded> => {
    const loadedAtMs = performance.now();
    const rows = await inTransaction(database, call, store.listSigningKeys);
    const byProduct = new Map(
      [...Map.groupBy(rows, ({ productId }) => productId)].map(([productId, keys]) => [
        productId,
        toProductKeys(keys),
      ]),
    );
    return (loaded = { byProduct, loadedAtMs });
  };

  const readShared = async (): Promise<Loaded> => {
    loading ??= read(systemCall("read-signing-keys")).finally(() => (loading = null));
    return loading;
  };

  const newerThan = async (maxAgeMs: number, call: Call | undefined): Promise<Loaded> => {
    if (loaded && performance.now() - loaded.loadedAtMs < maxAgeMs) return loaded;
    return call?.tx ? read(call) : readShared();
  };

  /**
   * Signs as the product with its active key. Throws when it has none: nothing is answered unsigned.
   * Inside a transaction pass its call, or many transactions wait for a connection that they hold.
   */
  const getSigner = async (productId: string, call?: Call): Promise<Signer> => {
    const keys = await newerThan(signerMaxAgeMs, call);
    const active = keys.byProduct.get(productId)?.active;
    if (!active) throw new Error(`Product ${productId} has no active signing key.`);
    return signerOf(active);
  };

  /**
   * Every key that the product ever signed with; empty for an unknown product. `token` is what shall
   * be verified: a kid that is not known here may have been made by another node a moment ago.
   */
  const getKeyRing = async (productId: string, token?: string, call?: Call): Promise<KeyRing> => {
    const keys = loaded ?? (await newerThan(0, call));
    const ring = keys.byProduct.get(productId)?.ring ?? emptyRing;
    const kid = token === undefined ? null : (peekToken(token)?.kid ?? null);
    const known = kid === null ? ring !== emptyRing : ring.find(kid) !== undefined;
    if (known) return ring;
    const again = await newerThan(unknownKidPauseMs, call);
    return again.byProduct.get(productId)?.ring ?? emptyRing;
  };

  return { getSigner, getKeyRing, forget: (): void => void (loaded = null) };
};

export type SigningKeyCache = ReturnType<typeof createSigningKeyCache>;
