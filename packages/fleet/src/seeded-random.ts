/** Uniform in [0, 1), the same numbers for the same seed. */
export type Random = () => number;

/**
 * mulberry32 (T. Ettinger, 2017): 32 bits of state, a full period of 2^32. Decides who fails when,
 * and keeps no secret. `stream` keeps generators of one seed apart.
 */
export const seededRandom = (seed: number, stream: number): Random => {
  let state = (Math.imul(seed ^ 0x9e37_79b9, 0x85eb_ca6b) ^ Math.imul(stream + 1, 0xc2b2_ae35)) | 0;
  return () => {
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};
