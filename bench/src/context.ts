import { readCpu, usedBetween } from "./cpu-time.ts";
import type { CpuSeconds } from "./cpu-time.ts";
import { runLoad } from "./load.ts";
import type { Timed, Work } from "./load.ts";
import type { Sizes } from "./options.ts";
import type { Progress } from "./progress.ts";
import { createReferences } from "./start-references.ts";
import type { References } from "./start-references.ts";
import type { Vendor } from "./seed.ts";
import type { Servers } from "./servers.ts";

/** What a row of the table is about. */
export interface Subject {
  readonly measurement: string;
  /** Who did it: Latchkey by one of its doors, or a reference. */
  readonly by: string;
}

export interface Measured extends Timed {
  readonly cpu: CpuSeconds;
}

/** One row of the table, over the rounds that count. */
export interface Row extends Subject {
  readonly rounds: Measured[];
  /** Why it was not measured. */
  readonly missing?: string;
}

/** A count beside the table, over the rounds that count. */
export interface Figure {
  readonly name: string;
  /** The most that it may be; null where it is told for what it explains. */
  readonly atMost: number | null;
  readonly values: number[];
}

/** What PostgreSQL must hold when all is done, the warm-up included. */
export interface Acknowledged {
  /** Granted, or seeded. */
  sessions: number;
  /** Acknowledged heartbeats and repeated acquires, each a step of a session's sequence. */
  steps: number;
  /** Requests that were cut off, of which nobody knows whether they were a step. */
  unanswered: number;
  /** Heartbeats that the textbook design acknowledged. */
  textbookSteps: number;
}

/** What every measurement gets. */
export interface Context {
  readonly servers: Servers;
  readonly vendor: Vendor;
  readonly references: References;
  readonly sizes: Sizes;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  readonly acknowledged: Acknowledged;
  readonly rows: readonly Row[];
  readonly figures: readonly Figure[];
  /** Says which round runs, from 1; what is measured in rounds before that warms up and is not kept. */
  enter(round: number): void;
  /** Sends work to a server by the load generator, and keeps what it took. */
  load(subject: Subject, pid: number | null, work: Work): Promise<Timed>;
  /** Keeps what other work took; `pid` is the measured server's, null where this process works itself. */
  measure(
    subject: Subject,
    pid: number | null,
    work: (onProgress: (done: number) => void) => Promise<Timed>,
  ): Promise<Timed>;
  /** Keeps what was timed without a reading of CPU time. */
  keep(subject: Subject, timed: Timed, cpu?: CpuSeconds): void;
  /** Says in the table why there is nothing to see. */
  miss(subject: Subject, why: string): void;
  /** Keeps a figure of this round. */
  note(name: string, value: number, atMost?: number): void;
}

const unread: CpuSeconds = { server: null, postgresql: null, redis: null, generator: null };

export const createContext = (
  given: Pick<Context, "servers" | "vendor" | "sizes" | "signal" | "progress">,
): Context => {
  const { servers, sizes, signal, progress } = given;
  const rows: Row[] = [];
  const figures: Figure[] = [];
  let round = 0;

  const keep: Context["keep"] = ({ measurement, by }, timed, cpu = unread) => {
    const known = rows.find((row) => row.measurement === measurement && row.by === by);
    const row = known ?? { measurement, by, rounds: [] };
    if (known === undefined) rows.push(row);
    if (round > 0) row.rounds.push({ ...timed, cpu });
  };

  const measure: Context["measure"] = async (subject, pid, work) => {
    signal.throwIfAborted();
    const label = `${round <= 0 ? "warm-up" : `round ${round}/${sizes.rounds}`}  ${subject.measurement}, ${subject.by}`;
    progress.show(label);
    const pids = { ...servers.pids, server: pid };
    const before = readCpu(pids);
    const timed = await work((done) => progress.show(`${label}  ${done}`));
    keep(subject, timed, usedBetween(before, readCpu(pids)));
    return timed;
  };

  return {
    ...given,
    references: createReferences(servers),
    acknowledged: { sessions: 0, steps: 0, unanswered: 0, textbookSteps: 0 },
    rows,
    figures,
    enter: (entered) => {
      round = entered;
    },
    measure,
    keep,
    miss: (subject, why) => {
      const isTold = rows.some(
        ({ measurement, by }) => measurement === subject.measurement && by === subject.by,
      );
      if (!isTold) rows.push({ ...subject, rounds: [], missing: why });
    },
    load: (subject, pid, work) =>
      measure(subject, pid, (onProgress) =>
        runLoad(work, { connections: sizes.connections, signal, onProgress }),
      ),
    note: (name, value, atMost) => {
      if (round <= 0) return;
      const known = figures.find((figure) => figure.name === name);
      if (known) known.values.push(value);
      else figures.push({ name, atMost: atMost ?? null, values: [value] });
    },
  };
};
