import { setTimeout as sleep } from "node:timers/promises";
import { describeCounts, isInTransit, noMachines } from "./counts.ts";
import type { FleetCounts } from "./counts.ts";
import { forEach } from "./for-each.ts";
import { createHttpDoor } from "./http-door.ts";
import type { HttpDoor } from "./http-door.ts";
import { judge } from "./judge.ts";
import type { FleetLedger } from "./ledger.ts";
import { createMachine } from "./machine.ts";
import type { Machine } from "./machine.ts";
import { createMishaps } from "./mishaps.ts";
import { FleetSettings } from "./options.ts";
import type { FleetOptions } from "./options.ts";
import { probeSeats } from "./probe-seats.ts";
import { recheckReleases } from "./recheck-releases.ts";
import { createRecorder } from "./recorder.ts";
import { seededRandom } from "./seeded-random.ts";
import type { Verdict } from "./verdict.ts";

export interface Fleet {
  /** Starts all machines, spread over a few seconds; settles when each has been answered once. */
  start(): Promise<void>;
  counts(): FleetCounts;
  /** Settles once `condition` holds; rejects after `timeoutMs` with the counts in its message. */
  until(
    condition: (counts: FleetCounts) => boolean,
    what: string,
    timeoutMs: number,
  ): Promise<void>;
  /**
   * Ends all mishaps for good: whoever was away comes back, whoever was cut off is not any more. Waits
   * until nobody has a question open to the server. Rejects after two minutes, with the counts.
   */
  settle(): Promise<void>;
  /**
   * Marks the time of `run` as a fault of the servers, by which lapses are judged: of those machines
   * whose host `concerns`, of all by default. End it when the server answers again.
   */
  fault<Result>(run: () => Promise<Result>, concerns?: (host: string) => boolean): Promise<Result>;
  /** Tells every app that its network is back, as a system does: whoever waits asks at once. */
  networkReturned(): void;
  ledger(): FleetLedger;
  /**
   * Everybody quits, fresh machines probe the seats, the server is shown the leases that were given back, and
   * the whole ledger is judged.
   */
  stop(): Promise<Verdict>;
}

const SETTLE_WITHIN_MS = 120_000;
/** For machines on their way to an answer before they quit; a server that is gone gets no longer. */
const QUIT_AFTER_MS = 20_000;
const GIVE_BACK_TRIES = 3;
const LOOK_EVERY_MS = 50;
/** Beyond it the licenses that are left go unprobed, and the verdict says so. */
const MOST_PROBES = 2_000;
/** Of the newest: an older lease has run out, and holds no seat any more. */
const MOST_RECHECKS = 5_000;
/** So many machines quit or come at once: a quitting app waits no longer than 2 s for its server. */
const MACHINES_AT_ONCE = 64;

/** A fleet of simulated desktops, each the real SDK. Throws $ZodError for options that are none. */
export const createFleet = (options: FleetOptions): Fleet => {
  const settings = FleetSettings.parse(options);
  const { hosts, licenses, product, publicKeys, seed, speed } = settings;
  const nowMs = (): number => performance.now();
  const recorder = createRecorder(
    { product, publicKeys, speed, serverFaults: settings.serverFaults },
    licenses,
  );
  const doors = new Map<string, HttpDoor>(hosts.map((host) => [host, createHttpDoor(host)]));
  const hostOf = (index: number): string => hosts[index % hosts.length] ?? "";

  const doorOf = (index: number): HttpDoor => {
    const door = doors.get(hostOf(index));
    if (door === undefined) throw new Error("No such host.");
    return door;
  };

  const addMachine = (license: number, pace: number): Machine => {
    const stream = recorder.addMachine(`fleet:${crypto.randomUUID()}`, license);
    const licenseKey = licenses[license]?.licenseKey;
    if (licenseKey === undefined) throw new Error("No such license.");
    return createMachine({
      index: stream,
      fingerprint: recorder.fingerprintOf(stream),
      host: hostOf(stream),
      door: doorOf(stream),
      product,
      publicKeys,
      license,
      licenseKey,
      speed: pace,
      random: seededRandom(seed, 2 * stream),
      recorder,
      nowMs,
    });
  };
  const machines = Array.from({ length: settings.machines }, (_, index) =>
    addMachine(index % licenses.length, speed),
  );
  let stopping = false;
  const mishaps = createMishaps(settings.behaviour, speed);

  const counts = (): FleetCounts => {
    const states = noMachines();
    const perLicense = licenses.map(({ maxSeats }, index) => ({
      licenseId: recorder.licenseIdOf(index),
      maxSeats,
      working: 0,
      waiting: 0,
    }));
    for (const machine of machines) {
      const state = machine.state();
      states[state] += 1;
      const license = perLicense[machine.license];
      if (license === undefined) continue;
      if (state === "running" || state === "reconnecting" || state === "offline") {
        license.working += 1;
      } else if (state === "waiting") license.waiting += 1;
    }
    const { heartbeats, granted, refused, released } = recorder.totals;
    return {
      machines: states,
      heartbeats,
      acquires: { granted, refused },
      releases: released,
      failures: recorder.failures(),
      lapses: recorder.lapses(),
      latencyMs: recorder.latencyMs(),
      licenses: perLicense,
    };
  };

  const inTransit = (): readonly Machine[] =>
    machines.filter((machine) => isInTransit(machine.state()));

  const reached = async (
    condition: (counts: FleetCounts) => boolean,
    timeoutMs: number,
  ): Promise<boolean> => {
    const endMs = nowMs() + timeoutMs;
    while (!condition(counts())) {
      if (nowMs() > endMs) return false;
      await sleep(LOOK_EVERY_MS);
    }
    return true;
  };
  const until: Fleet["until"] = async (condition, what, timeoutMs) => {
    if (await reached(condition, timeoutMs)) return;
    throw new Error(`Not within ${timeoutMs} ms: ${what}. ${describeCounts(counts())}`);
  };

  /** Quits; a machine whose release was not answered comes back to give its seat back. */
  const giveBack = async (machine: Machine): Promise<void> => {
    await machine.quit();
    for (let attempt = 1; attempt < GIVE_BACK_TRIES && machine.mayHold(); attempt += 1) {
      await machine.start();
      await machine.quit();
    }
  };

  const probe = async (license: number): Promise<void> => {
    const licenseId = recorder.licenseIdOf(license);
    const maxSeats = licenses[license]?.maxSeats ?? 0;
    if (licenseId === null) return;
    const addFresh = (speed: number): Machine => addMachine(license, speed);
    recorder.probe(await probeSeats({ licenseId, maxSeats }, { addFresh, nowMs }));
  };

  const probeAll = async (): Promise<void> => {
    let left = MOST_PROBES;
    const within = licenses.flatMap(({ maxSeats }, license) =>
      (left -= maxSeats) >= 0 ? [license] : [],
    );
    const seats = Math.max(...licenses.map(({ maxSeats }) => maxSeats));
    await forEach(within, Math.max(1, Math.floor(MACHINES_AT_ONCE / seats)), probe);
  };

  const ledger = (): FleetLedger =>
    recorder.ledger(machines.flatMap((machine) => machine.ongoing()));

  return {
    start: async () => {
      const spreadMs = settings.startWithinMs ?? Math.min(10_000, Math.max(1_000, machines.length));
      await Promise.all(
        machines.map(async (machine) => {
          const random = seededRandom(seed, 2 * machine.index + 1);
          await sleep(random() * spreadMs);
          if (stopping) return;
          await machine.start();
          mishaps.befall(machine, random);
        }),
      );
    },
    counts,
    until,
    settle: async () => {
      await mishaps.end();
      await until(() => inTransit().length === 0, "nobody has a question open", SETTLE_WITHIN_MS);
    },
    networkReturned: () => machines.forEach((machine) => machine.networkReturned()),
    fault: async (run, concerns = () => true) => {
      const concerned = machines.filter(({ index }) => concerns(hostOf(index)));
      for (const machine of concerned) machine.serverFault(true);
      try {
        return await run();
      } finally {
        for (const machine of concerned) machine.serverFault(false);
      }
    },
    ledger,
    stop: async () => {
      stopping = true;
      await mishaps.end();
      // Who was asked to wait, perhaps for a minute, has nothing under way and may as well quit now.
      await reached(() => inTransit().every((machine) => machine.isAskedToWait()), QUIT_AFTER_MS);
      await forEach(machines, MACHINES_AT_ONCE, giveBack);
      await probeAll();
      // After the probes: to renew a seat whose release was lost would hold it for longer.
      const released = recorder.releasedLeases().slice(-MOST_RECHECKS);
      await recheckReleases(released, { doorOf, recorder, nowMs });
      for (const door of doors.values()) door.close();
      return judge(ledger());
    },
  };
};
