import { describe, expect, it } from "vitest";
import { mailedFileTtlSeconds } from "./mailed-file-rules.ts";

const now = new Date("2026-11-20T10:00:00Z");
const day = 86_400;

describe("mailedFileTtlSeconds", () => {
  it.each([
    ["a month", new Date("2026-12-20T10:00:00Z"), 30 * day],
    ["a trial", new Date("2026-12-04T10:00:00Z"), 14 * day],
    ["a year", new Date("2027-11-20T10:00:00Z"), 365 * day],
    ["a leap year, which is longer than any file", new Date("2028-02-29T10:00:00Z"), 365 * day],
    ["a day and half a second", new Date("2026-11-21T10:00:00.500Z"), day + 1],
    ["a license that never ends", null, 30 * day],
    ["half an hour", new Date("2026-11-20T10:30:00Z"), 3600],
    ["a license that has ended", new Date("2026-11-01T10:00:00Z"), 3600],
  ])("of %s", (_what, expiresAt, seconds) => {
    expect(mailedFileTtlSeconds(expiresAt, now)).toBe(seconds);
  });
});
