/** The order of a run: A B A B, turned round every time, so that no cell always has the better place. */
import { runLoad } from "./load.ts";
import type { Measured, Work } from "./load.ts";
import type { Sizes } from "./options.ts";
import type { Progress } from "./progress.ts";
import type { Vendor } from "./seed.ts";
import type { Servers } from "./servers.ts";
import {
  doors,
  grantedAcquires,
  hellos,
  heldPerStorm,
  refusedAcquires,
  sessionHeartbeats,
} from "./workloads.ts";
import type { Door, Target } from "./workloads.ts";

export const measurements = [
  "acquire, granted",
  "acquire, refused in a storm",
  "heartbeat",
  "hello",
] as const;
export type Measurement = (typeof measurements)[number];

/** One row of the table: a measurement through one door, over the rounds that count. */
export interface Cell {
  readonly measurement: Measurement;
  readonly door: Door;
  readonly rounds: Measured[];
}

/** What PostgreSQL must hold when all is done, the warm-up included. */
export interface Acknowledged {
  sessions: number;
  heartbeats: number;
}

const inTurn = <Item>(items: readonly Item[], round: number): Item[] =>
  round % 2 === 0 ? [...items] : items.toReversed();

/** Runs a warm-up and all rounds. Throws for the first answer that does not belong. */
export const runRounds = async (
  { apiUrl, helloUrl }: Servers,
  vendor: Vendor,
  { rounds, connections, machines }: Sizes,
  { signal, progress }: { signal: AbortSignal; progress: Progress },
): Promise<{ cells: Cell[]; acknowledged: Acknowledged }> => {
  const cells: Cell[] = [
    ...measurements
      .filter((measurement) => measurement !== "hello")
      .flatMap((measurement) => doors.map((door) => ({ measurement, door, rounds: [] }))),
    { measurement: "hello", door: "tRPC", rounds: [] },
  ];
  const acknowledged: Acknowledged = { sessions: 0, heartbeats: 0 };

  const measure = async (
    round: number,
    { measurement, door }: Pick<Cell, "measurement" | "door">,
    work: Work,
  ): Promise<void> => {
    const label = `${round === 0 ? "warm-up" : `round ${round}/${rounds}`}  ${measurement}, ${door}`;
    const measured = await runLoad(work, {
      connections,
      signal,
      onProgress: (done) => progress.show(`${label}  ${done}/${work.count}`),
    });
    if (round === 0) return;
    const cell = cells.find((one) => one.measurement === measurement && one.door === door);
    cell?.rounds.push(measured);
  };

  for (let round = 0; round <= rounds; round += 1) {
    progress.show(`preparing round ${round}`);
    const leases = new Map<Door, string[]>();
    for (const door of inTurn(doors, round)) {
      const granted: string[] = [];
      const target: Target = { apiUrl, door };
      const work = await grantedAcquires(vendor, { ...target, machines, leases: granted });
      await measure(round, { measurement: "acquire, granted", door }, work);
      acknowledged.sessions += work.count;
      leases.set(door, granted);
    }
    for (const subject of inTurn(["REST", "hello", "tRPC"] as const, round)) {
      const door = subject === "hello" ? "tRPC" : subject;
      const held = leases.get(door) ?? [];
      if (subject === "hello") {
        await measure(round, { measurement: "hello", door }, hellos(helloUrl, held));
      } else {
        const work = sessionHeartbeats({ apiUrl, door }, held);
        await measure(round, { measurement: "heartbeat", door }, work);
        acknowledged.heartbeats += work.count;
      }
    }
    for (const door of inTurn(doors, round)) {
      const work = await refusedAcquires(vendor, { apiUrl, door, machines });
      await measure(round, { measurement: "acquire, refused in a storm", door }, work);
      acknowledged.sessions += heldPerStorm;
    }
  }
  return { cells, acknowledged };
};
