import type { Random } from "./seeded-random.ts";

/** Shares of the machines per real minute; 0 for none. */
export interface Behaviour {
  readonly churnPerMinute: number;
  readonly crashPerMinute: number;
  readonly sleepPerMinute: number;
  readonly partitionPerMinute: number;
}

export type Mishap =
  | { readonly kind: "quit" }
  | { readonly kind: "crash" }
  | { readonly kind: "sleep"; readonly monotonicCounts: boolean }
  | { readonly kind: "partition"; readonly hangs: boolean };

/** What befalls a machine next: after so many real ms, for so many seconds of its own clock. */
export type NextMishap = Mishap & { readonly afterMs: number; readonly lastsSeconds: number };

/** In the machine's seconds. Most are shorter than the grace of 1800 s, and some are longer. */
const lasts = {
  quit: [30, 1200],
  crash: [30, 2400],
  sleep: [60, 2700],
  partition: [30, 2100],
} as const;

/**
 * Draws what befalls a machine next; null where nothing ever does. Mishaps come as a Poisson process.
 * Every draw takes the same count of numbers, so that the decisions of a seed never depend on a server.
 */
export const drawMishap = (behaviour: Behaviour, random: Random): NextMishap | null => {
  const shares = [
    ["quit", behaviour.churnPerMinute],
    ["crash", behaviour.crashPerMinute],
    ["sleep", behaviour.sleepPerMinute],
    ["partition", behaviour.partitionPerMinute],
  ] as const;
  const perMinute = shares.reduce((sum, [, share]) => sum + share, 0);
  if (perMinute <= 0) return null;
  const afterMs = (-Math.log(1 - random()) / perMinute) * 60_000;
  let rest = random() * perMinute;
  const kind = shares.find(([, share]) => (rest -= share) < 0)?.[0] ?? "quit";
  const [shortest, longest] = lasts[kind];
  const lastsSeconds = shortest + random() * (longest - shortest);
  const coin = random() < 0.5;
  const next = { afterMs, lastsSeconds };
  if (kind === "sleep") return { ...next, kind, monotonicCounts: coin };
  if (kind === "partition") return { ...next, kind, hangs: coin };
  return kind === "crash" ? { ...next, kind } : { ...next, kind: "quit" };
};
