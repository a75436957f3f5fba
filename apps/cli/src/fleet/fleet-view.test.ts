import type { FleetCounts } from "@latchkey/fleet";
import { expect, test } from "vitest";
import { clockText, fleetLine, fleetTable } from "./fleet-view.ts";

const counts: FleetCounts = {
  machines: {
    unlicensed: 0,
    released: 0,
    activating: 0,
    acquiring: 0,
    running: 1_204,
    reconnecting: 0,
    offline: 3,
    lapsed: 0,
    waiting: 40,
    blocked: 0,
    quit: 0,
    crashed: 0,
    asleep: 0,
  },
  heartbeats: 12_345,
  acquires: { granted: 1_300, refused: 77 },
  releases: 90,
  failures: { UNAVAILABLE: 2, ECONNREFUSED: 9 },
  lapses: 1,
  latencyMs: { p50: 3.14, p99: 41.5 },
  licenses: Array.from({ length: 14 }, (_, index) => ({
    licenseId: null,
    maxSeats: 50,
    working: index === 0 ? 25 : 50,
    waiting: index === 1 ? 4 : 0,
  })),
};
const moment = { counts, heartbeatsPerSecond: 240.4, leftMs: 59_001 };

test("draws machines, rates, failures and seats at a glance", () => {
  const table = fleetTable(moment, 100).join("\n");
  expect(table).toContain("time left  1:00");
  expect(table).toContain("running 1,204  waiting 40  offline 3");
  expect(table).toContain("12,345  240/s  answered in p50 3.1 ms, p99 42 ms");
  expect(table).toContain("ECONNREFUSED 9  UNAVAILABLE 2");
  expect(table).toContain("[#####·····] 25/50");
  expect(table).toContain("[##########] 50/50 +4");
  expect(table).toContain("and 2 more licenses; 13 of all 14 are full");
});

test("shows how often a small fleet is answered, which is less than once a second", () => {
  const slow = { ...moment, heartbeatsPerSecond: 0.42 };
  expect(fleetTable(slow, 100).join("\n")).toContain("12,345  0.4/s  answered");
  expect(fleetLine(slow)).toContain("| 0.4 heartbeats/s");
});

test("never draws a line that the terminal would break", () => {
  for (const columns of [20, 40, 80]) {
    for (const line of fleetTable(moment, columns))
      expect(line.length).toBeLessThanOrEqual(columns);
  }
});

test("says the same in one line for a log, and a time that ran out as nothing", () => {
  expect(fleetLine(moment)).toContain("running 1,204  waiting 40  offline 3 | 240 heartbeats/s");
  expect(clockText(-5)).toBe("0:00");
});
