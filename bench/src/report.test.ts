import { describe, expect, test } from "vitest";
import type { Measured } from "./context.ts";
import { toJson, toMarkdown, toText } from "./report.ts";
import type { Run } from "./report.ts";

const measured = (perSecond: number): Measured => ({
  count: 1000,
  perSecond,
  p50Ms: 1.5,
  p99Ms: 12.25,
  cpu: { server: 0.3, postgresql: 0.1, redis: null, generator: 0.02 },
});

const run: Run = {
  startedAt: new Date("2026-01-01T00:00:00Z"),
  options: { rounds: 2, connections: 64, machines: 1000, returning: 10_000, rebuilt: 100_000 },
  surroundings: {
    cpu: "Test",
    cores: 2,
    memoryGiB: 8,
    system: "Linux",
    node: "v24",
    postgresql: "18",
    redis: "7",
    fsync: "on",
    synchronousCommit: "on",
    fdatasyncMs: 0.5,
  },
  loadBefore: [0, 0, 0],
  loadAfter: [2, 1, 0],
  rows: [
    { measurement: "heartbeat", by: "floor", rounds: [measured(4000), measured(8000)] },
    { measurement: "heartbeat", by: "Latchkey, REST", rounds: [measured(1000), measured(6000)] },
    { measurement: "acquire, granted", by: "pgbench", rounds: [], missing: "not installed" },
  ],
  figures: [{ name: "tries answered by 503", atMost: null, values: [0, 3] }],
  acknowledged: { sessions: 10, steps: 2000, unanswered: 0, textbookSteps: 0 },
};

describe.each([
  ["text", toText],
  ["Markdown", toMarkdown],
])("the report as %s", (_kind, write) => {
  const report = write(run);

  test("tells rates and CPU time for each request, ours first", () => {
    expect(report).toMatch(
      /Latchkey, REST\W+2\W+3,500\W+1,000 to 6,000\W+1.50\W+12.3\W+300\W+100\W+20/,
    );
    expect(report.indexOf("Latchkey, REST")).toBeLessThan(report.indexOf("floor"));
  });

  test("says why a row is empty", () => {
    expect(report).toMatch(/pgbench\W+not installed/);
  });

  test("says whether a goal is met, by rounds and not by medians", () => {
    expect(report).toContain(
      "heartbeat: Latchkey, REST ÷ floor: 0.50 (0.25 to 0.75); goal at least 0.5: met",
    );
    expect(report).toContain("tries answered by 503: 1.50 (0 to 3)");
  });
});

test("the JSON has every round and the conclusions", () => {
  expect(JSON.parse(toJson(run))).toMatchObject({
    rows: [{ by: "floor", rounds: [{ perSecond: 4000 }, { perSecond: 8000 }] }, {}, {}],
    conclusions: [{ spread: { median: 0.5 }, isMet: true }, { isMet: null }],
  });
});
