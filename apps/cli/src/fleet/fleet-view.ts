/** What a fleet looks like in a terminal, as text: a table that is drawn anew, or a line every few seconds. */
import { counted } from "@latchkey/fleet";
import type { FleetCounts, LicenseCounts } from "@latchkey/fleet";

export interface Moment {
  readonly counts: FleetCounts;
  /** Answered since the moment before, per real second. */
  readonly heartbeatsPerSecond: number;
  readonly leftMs: number;
}

const number = (value: number): string => Math.round(value).toLocaleString("en-US");
/** Of a small fleet it is a fraction. */
const rate = (perSecond: number): string =>
  perSecond > 0 && perSecond < 10 ? perSecond.toFixed(1) : number(perSecond);
const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : number(value)} ms`;

/** As m:ss. */
export const clockText = (leftMs: number): string => {
  const seconds = Math.max(0, Math.ceil(leftMs / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
};

const some = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .toSorted(([, one], [, other]) => other - one)
    .map(([name, count]) => `${name} ${number(count)}`)
    .join("  ") || "none";

const seatBar = ({ working, waiting, maxSeats }: LicenseCounts): string => {
  const cells = Math.min(maxSeats, 10);
  const filled = Math.round((Math.min(working, maxSeats) / maxSeats) * cells);
  const queue = waiting > 0 ? ` +${waiting}` : "";
  return `[${"#".repeat(filled)}${"·".repeat(cells - filled)}] ${working}/${maxSeats}${queue}`;
};

const LICENSES_SHOWN = 12;
const PER_ROW = 3;

/** The lines of the table, none wider than `columns`. */
export const fleetTable = (
  { counts, heartbeatsPerSecond, leftMs }: Moment,
  columns: number,
): string[] => {
  const { acquires, failures, lapses, latencyMs, machines, licenses, releases } = counts;
  const shown = licenses.slice(0, LICENSES_SHOWN).map((license) => seatBar(license).padEnd(24));
  const rows: string[] = [];
  for (let at = 0; at < shown.length; at += PER_ROW) {
    rows.push(
      `${at === 0 ? "seats      " : "           "}${shown.slice(at, at + PER_ROW).join(" ")}`,
    );
  }
  if (licenses.length > LICENSES_SHOWN) {
    const more = counted(licenses.length - LICENSES_SHOWN, "more license");
    const full = licenses.filter(({ working, maxSeats }) => working >= maxSeats).length;
    rows.push(`           and ${more}; ${number(full)} of all ${number(licenses.length)} are full`);
  }
  return [
    `time left  ${clockText(leftMs)}`,
    `machines   ${some(machines)}`,
    `heartbeats ${number(counts.heartbeats)}  ${rate(heartbeatsPerSecond)}/s  answered in p50 ${ms(latencyMs.p50)}, p99 ${ms(latencyMs.p99)}`,
    `acquires   ${number(acquires.granted)} granted, ${number(acquires.refused)} refused, ${number(releases)} given back, ${number(lapses)} lapsed`,
    `failures   ${some(failures)}`,
    ...rows,
  ].map((line) => line.slice(0, columns).trimEnd());
};

/** The same in one line, for logs. */
export const fleetLine = ({ counts, heartbeatsPerSecond, leftMs }: Moment): string => {
  const { acquires, latencyMs, machines, failures } = counts;
  return `${clockText(leftMs)} left | ${some(machines)} | ${rate(heartbeatsPerSecond)} heartbeats/s, p99 ${ms(latencyMs.p99)} | ${number(acquires.granted)} granted, ${number(acquires.refused)} refused | failures: ${some(failures)}`;
};
