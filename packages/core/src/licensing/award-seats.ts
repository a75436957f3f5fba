/** A machine that asks for a seat, known to the license and in good standing. */
export interface SeatClaim {
  readonly machineId: string;
  /** The session that a heartbeat wants back; null for whoever acquires. */
  readonly sessionId: string | null;
}

/** What is known of one license's seats under its lock. */
export interface SeatFacts {
  readonly maxSeats: number;
  /** Sessions that hold a seat, expired ones included. */
  readonly held: number;
  /** The sessions by which machines of the claims hold a seat already, by machine. */
  readonly holding: ReadonlyMap<string, string>;
  /** Sessions that hold a seat and have expired. */
  readonly expired: readonly string[];
}

export type SeatAward =
  /** The session holds its seat, or holds one again. */
  | { readonly kind: "renewed"; readonly sessionId: string }
  /** The machine gets a new session. */
  | { readonly kind: "opened" }
  /** The machine holds its seat by another session than the one that it wants back. */
  | { readonly kind: "superseded" }
  | { readonly kind: "exhausted" };

export interface SeatAwards {
  /** One for each claim, in their order. */
  readonly awards: readonly SeatAward[];
  /** Expired sessions that end, so that others get their seats. */
  readonly ended: readonly string[];
}

/** Machines that hold no seat and want one, each once, in the order in which they asked. */
export const machinesInWant = (
  holding: ReadonlyMap<string, string>,
  claims: readonly SeatClaim[],
): string[] => [
  ...new Set(claims.map(({ machineId }) => machineId).filter((id) => !holding.has(id))),
];

/**
 * Decides for all claims on one license's seats that are judged together: who holds a seat keeps it, then
 * the others get what is free in the order in which they asked. Expired sessions of others end when the free
 * seats do not suffice, all of them. A machine never holds two seats.
 */
export const awardSeats = (
  { maxSeats, held, holding, expired }: SeatFacts,
  claims: readonly SeatClaim[],
): SeatAwards => {
  const claimed = new Set(
    claims.flatMap(({ machineId }) => {
      const sessionId = holding.get(machineId);
      return sessionId === undefined ? [] : [sessionId];
    }),
  );
  const inWant = machinesInWant(holding, claims);
  const isShort = inWant.length > maxSeats - held;
  const ended = isShort ? expired.filter((sessionId) => !claimed.has(sessionId)) : [];
  const free = Math.max(0, maxSeats - held + ended.length);
  const winners = new Set(inWant.slice(0, free));

  /** By which session a machine holds its seat once the claims so far are decided; null for a new one. */
  const holds = new Map<string, string | null>(holding);
  const awards = claims.map(({ machineId, sessionId }): SeatAward => {
    const own = holds.get(machineId);
    if (own === undefined) {
      if (!winners.has(machineId)) return { kind: "exhausted" };
      holds.set(machineId, sessionId);
      return sessionId === null ? { kind: "opened" } : { kind: "renewed", sessionId };
    }
    if (sessionId !== null && sessionId !== own) return { kind: "superseded" };
    return own === null ? { kind: "opened" } : { kind: "renewed", sessionId: own };
  });
  return { awards, ended };
};
