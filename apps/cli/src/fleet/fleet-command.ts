import { counted, createFleet } from "@latchkey/fleet";
import type { Verdict } from "@latchkey/fleet";
import { readStaffLogin } from "../env.ts";
import { buyLicenses } from "./buy-licenses.ts";
import { findLicenses, getPublicKeys } from "./find-licenses.ts";
import { fleetUsage, readFleetArguments } from "./fleet-arguments.ts";
import type { FleetArguments } from "./fleet-arguments.ts";
import { createFleetScreen } from "./fleet-screen.ts";
import type { FleetScreen } from "./fleet-screen.ts";

const DRAW_EVERY_MS = 500;
/** 10 s: heartbeats of a small fleet come in bursts. */
const RATE_OVER_SAMPLES = 20;
/** Of violations, and of what is unproved. */
const MOST_SHOWN = 10;

/** Settles after `ms`, or at the first Ctrl-C; a second one ends the process, as everybody expects. */
const timeOrInterruption = (ms: number): Promise<"time" | "interrupted"> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve("time"), ms);
    const interrupt = (): void => {
      clearTimeout(timer);
      resolve("interrupted");
    };
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, interrupt);
  });

const obtainKeys = async (
  host: string,
  { keys, buy, plan }: FleetArguments,
  screen: FleetScreen,
): Promise<readonly string[]> => {
  if (keys.length > 0) return keys;
  const order = { count: buy, plan, staff: readStaffLogin() };
  return buyLicenses(host, order, (bought) => {
    if (bought === buy || bought % 10 === 0) screen.say(`Bought ${bought} of ${buy} licenses.`);
  });
};

const report = (verdict: Verdict, screen: FleetScreen): void => {
  const sayAll = (sentences: readonly string[]): void => {
    for (const sentence of sentences.slice(0, MOST_SHOWN)) screen.say(sentence);
    const more = sentences.length - MOST_SHOWN;
    if (more > 0) screen.say(`… and ${more} more; --json lists them all.`);
  };
  sayAll(
    verdict.violations.map(({ kind, detail, licenseId, machine }) => {
      const where = [
        licenseId === null ? "" : `license ${licenseId}`,
        machine === null ? "" : `machine ${machine}`,
      ].filter((part) => part !== "");
      return `${kind}: ${detail} (${where.join(", ")})`;
    }),
  );
  sayAll(verdict.unproved);
  screen.say(verdict.line);
};

/** `latchkey fleet …`; answers the exit code. Throws UsageError. */
export const fleetCommand = async (args: readonly string[]): Promise<number> => {
  const wish = readFleetArguments(args);
  if (wish === null) {
    process.stdout.write(`${fleetUsage}\n`);
    return 0;
  }
  const { hosts, machines, shared, speed, behaviour, seed, forMs, json } = wish;
  const [host = ""] = hosts;
  const screen = createFleetScreen(json ? process.stderr : process.stdout);

  const publicKeys = await getPublicKeys(host);
  const { product, licenses } = await findLicenses(host, await obtainKeys(host, wish, screen));
  const seats = licenses.reduce((sum, { maxSeats }) => sum + maxSeats, 0);
  screen.say(
    `${counted(machines, "machine")} on ${counted(licenses.length, "license")} with ${counted(seats, "seat")} in all, ${speed} times as fast as life, seed ${seed}.`,
  );
  const fleet = createFleet({
    hosts,
    product,
    publicKeys,
    licenses: licenses.map((license) => ({ ...license, shared })),
    machines,
    speed,
    behaviour,
    seed,
    serverFaults: "seen",
  });

  const startedAtMs = performance.now();
  const endAtMs = startedAtMs + forMs;
  const over = timeOrInterruption(forMs);
  const samples = [{ atMs: startedAtMs, heartbeats: 0 }];
  const drawing = setInterval(() => {
    const counts = fleet.counts();
    const atMs = performance.now();
    if (samples.length > RATE_OVER_SAMPLES) samples.shift();
    const [before = { atMs, heartbeats: 0 }] = samples;
    const heartbeatsPerSecond =
      ((counts.heartbeats - before.heartbeats) / (atMs - before.atMs)) * 1000;
    samples.push({ atMs, heartbeats: counts.heartbeats });
    screen.show({ counts, heartbeatsPerSecond, leftMs: endAtMs - atMs });
  }, DRAW_EVERY_MS);

  // Machines that cannot start are counted, and keep nobody from ending in time.
  void fleet.start();
  const why = await over;
  clearInterval(drawing);
  screen.say(
    `${why === "interrupted" ? "Ending early" : "Time is over"}: everybody quits, fresh machines try the seats, released leases are shown again, then all is judged …`,
  );
  const counts = fleet.counts();
  const verdict = await fleet.stop();
  report(verdict, screen);
  if (json) {
    const { ok, line, figures, unproved, violations } = verdict;
    process.stdout.write(
      `${JSON.stringify({ ok, line, seed, speed, interrupted: why === "interrupted", figures, counts, unproved, violations })}\n`,
    );
  }
  return verdict.ok ? 0 : 1;
};
