import { existsSync } from "node:fs";
import path from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer } from "vitest/node";
import type { TestSpecification } from "vitest/node";

const outside = ["**/node_modules/**", "**/dist/**", "**/out/**"];

/** Brings up PostgreSQL and Redis once per run; Vitest calls it only when a selected test needs it. */
const servers = "packages/testing/src/global-setup.ts";

/**
 * Each takes half a minute or more and mostly waits. Vitest goes by project first, and by size where it has timed
 * nothing yet, as in a fresh clone; these would wait alone at the end.
 */
const longest = [
  "packages/fleet/src/fleet.test.ts",
  "faults/src/redis.fault.ts",
  "faults/src/api.fault.ts",
  "faults/src/postgres-partition.fault.ts",
];

const missing = longest.filter((file) => !existsSync(path.join(import.meta.dirname, file)));
if (missing.length > 0) throw new Error(`The longest tests are elsewhere: ${missing.join(", ")}.`);

class LongestFirst extends BaseSequencer {
  override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): boolean =>
      longest.some((file) => moduleId.endsWith(file));
    const sorted = await super.sort(specifications);
    return sorted.toSorted((one, other) => Number(isLong(other)) - Number(isLong(one)));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    // Two workers fill two cores; more only makes them wait for each other and for PostgreSQL.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: "unit",
          include: ["{apps,packages,tooling,bench,faults}/**/*.test.{ts,tsx}"],
          exclude: [...outside, "**/*.db.test.ts"],
          // Not threads: a child that one thread is just starting holds the sockets that another has
          // closed, and the port of a test is "in use" until that child has begun its own program.
          pool: "forks",
          // Only against a test that hangs: property tests on a busy machine take their time.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "db",
          include: ["{apps,packages,tooling}/**/*.db.test.ts"],
          exclude: outside,
          globalSetup: servers,
          pool: "forks",
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["{apps,packages,tooling}/**/*.e2e.ts"],
          exclude: outside,
          globalSetup: servers,
          pool: "forks",
          // A browser, an API and a worker at once are enough for one machine.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "faults",
          include: ["faults/src/**/*.fault.ts"],
          exclude: outside,
          pool: "forks",
          // Two houses at a time, of which each waits most of its time: nobody lapses for that.
          // After all others, whose load would make its clients late.
          sequence: { groupOrder: 1 },
          // Only against a test that hangs: the long form waits for thousands of heartbeats.
          testTimeout: 900_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
