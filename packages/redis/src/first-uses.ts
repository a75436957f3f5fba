/**
 * Tells whoever asks seldom, as everybody should, from whoever asks often, without keeping anybody's name.
 *
 * A window begins with the first use after the last one ended. In it a key is counted by four small counters, each of
 * which it may share with others; the lowest is believed, and only counters that stand as low are raised (a count-min
 * sketch, Cormode and Muthukrishnan 2005, with the conservative update of Estan and Varghese 2002). So a key's uses may
 * be overcounted, where all four are shared, and never undercounted.
 */
export interface FirstUses {
  /** Whether this is one of the key's first uses of the window; false for one that shares its counters, at worst. */
  take(key: string): boolean;
}

/**
 * Counters are of one byte: 8 MiB for each limit of a process. Of 40,000 keys that all ask often in a window, one in
 * eight million would share all of its counters.
 */
const defaultCounterBits = 23;
const countersPerKey = 4;

/**
 * Two hashes of 32 bits: FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/), and the same with the factor of MurmurHash2
 * and another start. The second is odd, so that the counters of a key differ.
 */
const hashesOf = (key: string): readonly [number, number] => {
  let [one, other] = [0x811c9dc5, 0x9747b28c];
  for (let index = 0; index < key.length; index += 1) {
    const code = key.charCodeAt(index);
    one = Math.imul(one ^ code, 0x01000193);
    other = Math.imul(other ^ code, 0x5bd1e995);
  }
  return [one >>> 0, (other ^ (other >>> 15)) | 1];
};

/** The first `uses` of a key in each window of `seconds`, `uses` being 255 at most, by 2^`counterBits` counters. */
export const createFirstUses = ({
  uses,
  seconds,
  counterBits = defaultCounterBits,
}: {
  uses: number;
  seconds: number;
  counterBits?: number;
}): FirstUses => {
  const counters = 2 ** counterBits;
  const counts = new Uint8Array(counters);
  let endsAtMs = -Infinity;
  return {
    take: (key) => {
      const nowMs = performance.now();
      if (nowMs >= endsAtMs) {
        counts.fill(0);
        endsAtMs = nowMs + seconds * 1000;
      }
      // By double hashing (Kirsch and Mitzenmacher 2006), two make as many as are needed.
      const [first, step] = hashesOf(key);
      const counterAt = (turn: number): number => (first + Math.imul(turn, step)) & (counters - 1);
      let count = uses;
      for (let turn = 0; turn < countersPerKey; turn += 1) {
        count = Math.min(count, counts[counterAt(turn)] ?? uses);
      }
      if (count >= uses) return false;
      for (let turn = 0; turn < countersPerKey; turn += 1) {
        const counter = counterAt(turn);
        if (counts[counter] === count) counts[counter] = count + 1;
      }
      return true;
    },
  };
};
