import { defineConfig } from "vitest/config";

const outside = ["**/node_modules/**", "**/dist/**", "**/out/**"];

/** Brings up PostgreSQL and Redis once per run; Vitest calls it only when a selected test needs it. */
const servers = "packages/testing/src/global-setup.ts";

export default defineConfig({
  test: {
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
