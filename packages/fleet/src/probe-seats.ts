/** Fresh machines ask for every seat of a license when all have quit: what they do not get, somebody holds. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Probe } from "./ledger.ts";
import type { Machine } from "./machine.ts";

/** Brisk, and within the server's limit of 10 acquires a minute. */
const SPEED = 15;
const TRIES = 3;
/** A node may refuse for a second by what it remembers, and then has to look. */
const AGAIN_AFTER_MS = 1_500;
const WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 50;

const holds = (machine: Machine): boolean => machine.state() === "running";
const isRefused = (machine: Machine): boolean => machine.state() === "waiting";
const isAnswered = (machine: Machine): boolean => holds(machine) || isRefused(machine);

/**
 * As many fresh machines as the license has seats; who is refused asks again before the no counts. All have given
 * back or gone when it settles. `addFresh` makes a machine whose clock runs `speed` times as fast as the real one.
 */
export const probeSeats = async (
  { licenseId, maxSeats }: { readonly licenseId: string; readonly maxSeats: number },
  {
    addFresh,
    nowMs,
  }: { readonly addFresh: (speed: number) => Machine; readonly nowMs: () => number },
): Promise<Probe> => {
  const fromMs = nowMs();
  const fresh = Array.from({ length: maxSeats }, () => addFresh(SPEED));
  const started = fresh.map((machine) => machine.start());
  const isLate = (): boolean => nowMs() >= fromMs + WITHIN_MS;
  const untilAnswered = async (): Promise<void> => {
    while (!fresh.every(isAnswered) && !isLate()) await sleep(LOOK_EVERY_MS);
  };

  await untilAnswered();
  for (let tries = 1; tries < TRIES && fresh.some(isRefused) && !isLate(); tries += 1) {
    const refused = fresh.filter(isRefused);
    await sleep(AGAIN_AFTER_MS);
    for (const machine of refused) {
      machine.crash();
      started.push(machine.start());
    }
    await untilAnswered();
  }
  const granted = fresh.filter(holds).length;
  const refused = fresh.filter(isRefused).length;
  await Promise.all(fresh.map((machine) => machine.quit()));
  for (const machine of fresh) machine.crash();
  await Promise.race([Promise.allSettled(started), sleep(0)]);
  return { licenseId, fromMs, granted, refused };
};
