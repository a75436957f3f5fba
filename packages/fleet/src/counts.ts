import type { MachineState } from "./machine.ts";

export interface LicenseCounts {
  /** Null until one of its machines was activated. */
  readonly licenseId: string | null;
  readonly maxSeats: number;
  /** Machines whose app works by a lease just now. */
  readonly working: number;
  readonly waiting: number;
}

/** What a fleet has come to so far. */
export interface FleetCounts {
  /** Machines by state. */
  readonly machines: Readonly<Record<MachineState, number>>;
  /** Heartbeats that were answered with a lease. */
  readonly heartbeats: number;
  /** `refused` counts the noes for want of a seat. */
  readonly acquires: { readonly granted: number; readonly refused: number };
  /** Releases that were acknowledged. */
  readonly releases: number;
  /** By the contract's error code, `HTTP n`, the system's error code, or what the fleet did itself. */
  readonly failures: Readonly<Record<string, number>>;
  readonly lapses: number;
  /** Of the newest calls that were answered, in real ms. */
  readonly latencyMs: { readonly p50: number; readonly p99: number };
  readonly licenses: readonly LicenseCounts[];
}

/** A count of nothing for every state. */
export const noMachines = (): Record<MachineState, number> => ({
  unlicensed: 0,
  released: 0,
  activating: 0,
  acquiring: 0,
  running: 0,
  reconnecting: 0,
  offline: 0,
  lapsed: 0,
  waiting: 0,
  blocked: 0,
  quit: 0,
  crashed: 0,
  asleep: 0,
});

/** Whether a machine in this state has a question to the server that is not answered yet. */
export const isInTransit = (state: MachineState): boolean =>
  ["activating", "acquiring", "reconnecting", "offline", "lapsed", "unlicensed"].includes(state);

/** The counts on one line, those that are not zero. */
export const describeCounts = ({
  machines,
  heartbeats,
  acquires,
  failures,
}: FleetCounts): string => {
  const some = (numbers: Readonly<Record<string, number>>): string =>
    Object.entries(numbers)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${count} ${name}`)
      .join(", ") || "none";
  return `machines: ${some(machines)}; heartbeats ${heartbeats}; acquires ${acquires.granted} granted, ${acquires.refused} refused; failures: ${some(failures)}`;
};
