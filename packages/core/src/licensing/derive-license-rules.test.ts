import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deriveLicense } from "./derive-license-rules.ts";
import type { LicenseFacts } from "./derive-license-rules.ts";

const day = (number: number): Date => new Date(Date.UTC(2026, 0, 1) + (number - 1) * 86_400_000);
const now = day(10);

const plain: LicenseFacts = {
  subscriptionId: null,
  paidUntil: null,
  graceEndsAt: null,
  suspendedByStaffAt: null,
  suspendedByDunningAt: null,
  endedAt: null,
  revokedAt: null,
};

describe("a license is", () => {
  test.each<[string, Partial<LicenseFacts>, ReturnType<typeof deriveLicense>]>([
    [
      "active for ever when nothing ends it",
      {},
      { status: "active", expiresAt: null, dueAt: null },
    ],
    [
      "active until the end of what is paid",
      { paidUntil: day(20) },
      { status: "active", expiresAt: day(20), dueAt: day(20) },
    ],
    [
      "expired at exactly that end",
      { paidUntil: now },
      { status: "expired", expiresAt: now, dueAt: null },
    ],
    [
      "past due and usable while the grace runs",
      { paidUntil: day(8), graceEndsAt: day(15) },
      { status: "past_due", expiresAt: day(15), dueAt: day(15) },
    ],
    [
      "past due, then active again, when the grace ends inside what is paid",
      { paidUntil: day(20), graceEndsAt: day(15) },
      { status: "past_due", expiresAt: day(20), dueAt: day(15) },
    ],
    [
      "expired at exactly the end of its grace",
      { paidUntil: day(3), graceEndsAt: now },
      { status: "expired", expiresAt: now, dueAt: null },
    ],
    [
      "active past its end while the subscription that pays for it is being collected",
      { subscriptionId: "one", paidUntil: day(9.5) },
      { status: "active", expiresAt: day(9.5), dueAt: day(10.5) },
    ],
    [
      "past due past its grace while the next collection is under way",
      { subscriptionId: "one", paidUntil: day(3), graceEndsAt: now },
      { status: "past_due", expiresAt: now, dueAt: day(11) },
    ],
    [
      "expired when a day brought no word of the collection",
      { subscriptionId: "one", paidUntil: day(9) },
      { status: "expired", expiresAt: day(9), dueAt: null },
    ],
    [
      "expired at once when its subscription says so",
      { subscriptionId: "one", paidUntil: now, endedAt: now },
      { status: "expired", expiresAt: now, dueAt: null },
    ],
    [
      "suspended by dunning, whatever is paid",
      { paidUntil: day(20), suspendedByDunningAt: day(9) },
      { status: "suspended", expiresAt: day(20), dueAt: null },
    ],
    [
      "suspended by staff even past its end",
      { paidUntil: day(5), suspendedByStaffAt: day(2) },
      { status: "suspended", expiresAt: day(5), dueAt: null },
    ],
    [
      "expired when its subscription is over, whatever is paid",
      { paidUntil: day(20), endedAt: day(9) },
      { status: "expired", expiresAt: day(20), dueAt: null },
    ],
    [
      "revoked before all else",
      { revokedAt: day(1), suspendedByStaffAt: day(1), endedAt: day(1), paidUntil: day(1) },
      { status: "revoked", expiresAt: day(1), dueAt: null },
    ],
  ])("%s", (_, facts, expected) => {
    expect(deriveLicense({ ...plain, ...facts }, now)).toEqual(expected);
  });
});

const instant = fc.integer({ min: 1, max: 30 }).map(day);
const optional = fc.option(instant);
const facts = fc.record({
  subscriptionId: fc.option(fc.constant("one")),
  paidUntil: optional,
  graceEndsAt: optional,
  suspendedByStaffAt: optional,
  suspendedByDunningAt: optional,
  endedAt: optional,
  revokedAt: optional,
});

describe("what is due", () => {
  test("is the next change of status by itself, and nothing changes before", () => {
    fc.assert(
      fc.property(facts, instant, instant, (given, at, until) => {
        const { status, dueAt } = deriveLicense(given, at);
        if (dueAt) {
          expect(dueAt > at).toBe(true);
          expect(deriveLicense(given, dueAt).status).not.toBe(status);
        }
        const unchanged = until >= at && (!dueAt || until < dueAt);
        if (unchanged) expect(deriveLicense(given, until).status).toBe(status);
      }),
    );
  });
});
