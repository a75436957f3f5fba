/**
 * Who is due when, of very many who come back again and again: a timing wheel of one slot per millisecond, which
 * takes 4 bytes for each of them and neither a timer nor a comparison (Varghese and Lauck, 1987).
 */
export interface Wheel {
  /** Puts somebody, 0 to count - 1 and in it once at most, at an instant, in ms, less than a turn ahead. */
  add(member: number, atMs: number): void;
  /** Takes out all whose instant has come, in the order of their milliseconds. */
  take(nowMs: number, due: (member: number, atMs: number) => void): void;
}

const nobody = -1;

export const createWheel = ({ count, turnMs }: { count: number; turnMs: number }): Wheel => {
  const heads = new Int32Array(turnMs).fill(nobody);
  const next = new Int32Array(count).fill(nobody);
  let takenToMs = 0;
  return {
    add: (member, atMs) => {
      // Whoever comes too late for the own slot is due at once, not a turn later.
      const slot = Math.max(Math.floor(atMs), takenToMs) % turnMs;
      next[member] = heads[slot] ?? nobody;
      heads[slot] = member;
    },
    take: (nowMs, due) => {
      while (takenToMs <= nowMs) {
        const atMs = takenToMs;
        const slot = atMs % turnMs;
        takenToMs += 1;
        let member = heads[slot] ?? nobody;
        heads[slot] = nobody;
        while (member !== nobody) {
          // Before the call, which may put the member in again.
          const after = next[member] ?? nobody;
          due(member, atMs);
          member = after;
        }
      }
    },
  };
};
