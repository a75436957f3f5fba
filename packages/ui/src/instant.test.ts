import { expect, test } from "vitest";
import { relativeTime } from "./instant.tsx";

const nowMs = Date.parse("2026-11-20T12:00:00Z");

test.each([
  ["2026-11-20T12:00:59Z", "now"],
  ["2026-11-20T11:58:00Z", "2 minutes ago"],
  ["2026-11-20T14:59:59Z", "in 3 hours"],
  ["2026-11-27T11:59:58Z", "in 7 days"],
  ["2026-12-04T12:00:00Z", "in 14 days"],
  ["2025-11-20T12:00:00Z", "1 year ago"],
])("tells %s as %s", (at, told) => {
  expect(relativeTime(at, nowMs)).toBe(told);
});
