/** Whose turn it is among sessions, of which none may have two requests under way: one would overtake the other. */
export interface Turns {
  /** The session of request `index`, the one that has waited longest. Throws when all have a request under way. */
  take(index: number): number;
  /** Gives it back, its request answered, and says which of its requests that was, from 1. */
  giveBack(index: number): { readonly session: number; readonly step: number };
}

/** Turns among sessions 0 to `count` - 1. */
export const createTurns = (count: number): Turns => {
  const waiting = Array.from({ length: count }, (_, session) => session);
  const steps = waiting.map(() => 0);
  const underWay = new Map<number, number>();
  return {
    take: (index) => {
      const session = waiting.shift();
      if (session === undefined) throw new Error("There are fewer sessions than connections.");
      underWay.set(index, session);
      return session;
    },
    giveBack: (index) => {
      const session = underWay.get(index);
      if (session === undefined) throw new Error(`Request ${index} is not under way.`);
      underWay.delete(index);
      waiting.push(session);
      const step = (steps[session] ?? 0) + 1;
      steps[session] = step;
      return { session, step };
    },
  };
};
