import { describe, expect, test } from "vitest";
import { readPgbench } from "./pgbench.ts";

const report = (failed: number): string => `transaction type: grant.sql
number of transactions actually processed: 1984/1984
number of failed transactions: ${failed} (0.000%)
latency average = 52.137 ms
tps = 1227.521940 (without initial connection time)
`;

describe("readPgbench", () => {
  test("reads transactions and their rate", () => {
    expect(readPgbench(report(0))).toEqual({ count: 1984, perSecond: 1227.52194 });
  });

  test.each([report(3), "pgbench: error: connection refused"])("refuses %j", (printed) => {
    expect(() => readPgbench(printed)).toThrow("pgbench failed");
  });
});
