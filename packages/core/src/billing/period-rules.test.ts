import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { daysAfter, periodAt } from "./period-rules.ts";

const anchors = fc.date({
  min: new Date("2000-01-01T00:00:00Z"),
  max: new Date("2199-12-31T23:59:59Z"),
  noInvalidDate: true,
});
const intervals = fc.constantFrom("month" as const, "year" as const);
const indexes = fc.integer({ min: 0, max: 600 });

describe("periodAt", () => {
  it.each([
    [
      "2026-01-31T10:47:13.250Z",
      "month",
      0,
      "2026-01-31T10:47:13.250Z",
      "2026-02-28T10:47:13.250Z",
    ],
    [
      "2026-01-31T10:47:13.250Z",
      "month",
      1,
      "2026-02-28T10:47:13.250Z",
      "2026-03-31T10:47:13.250Z",
    ],
    [
      "2026-01-31T10:47:13.250Z",
      "month",
      2,
      "2026-03-31T10:47:13.250Z",
      "2026-04-30T10:47:13.250Z",
    ],
    [
      "2024-01-31T00:00:00.000Z",
      "month",
      1,
      "2024-02-29T00:00:00.000Z",
      "2024-03-31T00:00:00.000Z",
    ],
    ["2024-02-29T12:00:00.000Z", "year", 0, "2024-02-29T12:00:00.000Z", "2025-02-28T12:00:00.000Z"],
    ["2024-02-29T12:00:00.000Z", "year", 3, "2027-02-28T12:00:00.000Z", "2028-02-29T12:00:00.000Z"],
    [
      "2026-12-31T23:59:59.999Z",
      "month",
      0,
      "2026-12-31T23:59:59.999Z",
      "2027-01-31T23:59:59.999Z",
    ],
    [
      "2026-03-28T01:30:00.000Z",
      "month",
      0,
      "2026-03-28T01:30:00.000Z",
      "2026-04-28T01:30:00.000Z",
    ],
  ] as const)("of %s by the %s, number %i, is [%s, %s)", (anchor, interval, index, start, end) => {
    expect(periodAt(new Date(anchor), interval, index)).toEqual({
      startsAt: new Date(start),
      endsAt: new Date(end),
    });
  });

  it("leaves neither gap nor overlap between periods", () => {
    fc.assert(
      fc.property(anchors, intervals, indexes, (anchor, interval, index) => {
        const { startsAt, endsAt } = periodAt(anchor, interval, index);
        expect(startsAt.getTime()).toBeLessThan(endsAt.getTime());
        expect(periodAt(anchor, interval, index + 1).startsAt).toEqual(endsAt);
      }),
    );
  });

  it("keeps the time of day, and the day unless the month lacks it", () => {
    fc.assert(
      fc.property(anchors, intervals, indexes, (anchor, interval, index) => {
        const { startsAt } = periodAt(anchor, interval, index);
        expect(startsAt.toISOString().slice(10)).toBe(anchor.toISOString().slice(10));
        const nextDay = daysAfter(startsAt, 1);
        const isLastDay = nextDay.getUTCMonth() !== startsAt.getUTCMonth();
        expect(startsAt.getUTCDate() === anchor.getUTCDate() || isLastDay).toBe(true);
        expect(startsAt.getUTCDate()).toBeLessThanOrEqual(anchor.getUTCDate());
      }),
    );
  });

  it("never slips a month or a year", () => {
    fc.assert(
      fc.property(anchors, intervals, indexes, (anchor, interval, index) => {
        const { startsAt } = periodAt(anchor, interval, index);
        const months =
          (startsAt.getUTCFullYear() - anchor.getUTCFullYear()) * 12 +
          startsAt.getUTCMonth() -
          anchor.getUTCMonth();
        expect(months).toBe(interval === "month" ? index : index * 12);
      }),
    );
  });
});

describe("daysAfter", () => {
  it("counts days of UTC, whatever clocks do elsewhere", () => {
    expect(daysAfter(new Date("2026-03-20T10:00:00Z"), 14)).toEqual(
      new Date("2026-04-03T10:00:00Z"),
    );
  });
});
