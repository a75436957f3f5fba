/**
 * Remembers which leases this very process signed, so that one that comes back needs no second proof: a
 * digest costs a thirtieth of an Ed25519 verification.
 *
 * A table of fixed size, filled by nothing but `remember`. A lease's SHA-256 names its set, four slots of 16
 * bytes; another 16 bytes of the digest stand in a slot, the newest first, and the oldest falls out. To be
 * taken for known, a forged lease would have to share all 147 of these bits with one that was signed here.
 * What falls out, and what another process signed, is proved by its signature; forgetting costs time alone. Retiring
 * a key changes nothing: what it signed stays valid.
 */
import { hash } from "node:crypto";

const slotBytes = 16;
const slotsPerSet = 4;
const setBytes = slotBytes * slotsPerSet;

/** 32 MiB: 2,097,152 leases, and with a million sessions heartbeats find seven in eight of theirs. */
const defaultSets = 2 ** 19;

export interface OwnLeases {
  /** To be called with what was signed here a moment ago, and nothing else. */
  remember(lease: string): void;
  /** True for none but a lease that was remembered; a lease that was may be forgotten. */
  knows(lease: string): boolean;
}

/** `sets` is a power of two, 2^32 at most. */
export const createOwnLeases = (sets: number = defaultSets): OwnLeases => {
  // Memory is taken from the system as it fills.
  const table = Buffer.alloc(sets * setBytes);
  const digestOf = (lease: string): Buffer => hash("sha256", lease, "buffer");
  const setOf = (digest: Buffer): number => (digest.readUInt32LE(slotBytes) % sets) * setBytes;
  return {
    remember: (lease) => {
      const digest = digestOf(lease);
      const set = setOf(digest);
      table.copyWithin(set + slotBytes, set, set + setBytes - slotBytes);
      digest.copy(table, set, 0, slotBytes);
    },
    knows: (lease) => {
      const digest = digestOf(lease);
      const set = setOf(digest);
      for (let slot = set; slot < set + setBytes; slot += slotBytes) {
        if (digest.compare(table, slot, slot + slotBytes, 0, slotBytes) === 0) return true;
      }
      return false;
    },
  };
};
