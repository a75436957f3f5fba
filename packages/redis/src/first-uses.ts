/**
 * Tells whoever asks seldom, as everybody should, from whoever asks often, without keeping anybody's name.
 *
 * A window begins with the first use after the last one ended. In it each key has a small counter that it may
 * share with others, so that a key can be taken for more often than it was, never for less often.
 */
export interface FirstUses {
  /** Whether this is one of the key's first uses of the window; false for one that shares its counter, at worst. */
  take(key: string): boolean;
}

/** One byte each; with 200,000 keys in a window, one key in 500,000 would share five uses of others. */
const defaultCounters = 2 ** 20;

/** FNV-1a, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/. */
const hashOf = (key: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
};

/** The first `uses` of a key in each window of `seconds`, `uses` being 255 at most. */
export const createFirstUses = ({
  uses,
  seconds,
  counters = defaultCounters,
}: {
  uses: number;
  seconds: number;
  counters?: number;
}): FirstUses => {
  const counts = new Uint8Array(counters);
  let endsAtMs = -Infinity;
  return {
    take: (key) => {
      const nowMs = performance.now();
      if (nowMs >= endsAtMs) {
        counts.fill(0);
        endsAtMs = nowMs + seconds * 1000;
      }
      const counter = hashOf(key) % counters;
      const count = counts[counter] ?? uses;
      if (count >= uses) return false;
      counts[counter] = count + 1;
      return true;
    },
  };
};
