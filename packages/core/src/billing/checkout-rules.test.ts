import { describe, expect, it } from "vitest";
import { chargeKeyPrefix, checkoutStatusAt, decidePayment } from "./checkout-rules.ts";

const expiresAt = new Date("2026-11-21T10:00:00Z");
const before = new Date("2026-11-21T09:59:59.999Z");
const visa = { methodReference: "pm_card_visa", authenticated: false };
const mastercard = { methodReference: "pm_card_mastercard", authenticated: false };

describe("checkoutStatusAt", () => {
  it.each([
    ["open", null, before, "open"],
    ["open", null, expiresAt, "expired"],
    ["open", visa, expiresAt, "open"],
    ["complete", null, expiresAt, "complete"],
    ["expired", null, before, "expired"],
  ] as const)("takes a checkout stored as %s, charging %j, at %s for %s", (...row) => {
    const [status, charging, now, expected] = row;
    expect(checkoutStatusAt({ status, charging, expiresAt }, now)).toBe(expected);
  });
});

describe("decidePayment", () => {
  it.each([
    ["open", null, before, { kind: "charge", card: visa, begun: false }],
    ["open", null, expiresAt, { kind: "expired" }],
    ["open", mastercard, before, { kind: "charge", card: mastercard, begun: true }],
    ["open", mastercard, expiresAt, { kind: "charge", card: mastercard, begun: true }],
    ["complete", null, expiresAt, { kind: "complete" }],
    ["complete", mastercard, before, { kind: "complete" }],
    ["expired", null, before, { kind: "expired" }],
  ] as const)("of one stored as %s, charging %j, at %s is %j", (...row) => {
    const [status, charging, now, expected] = row;
    expect(decidePayment({ status, charging, expiresAt }, visa, now)).toEqual(expected);
  });
});

describe("chargeKeyPrefix", () => {
  it("differs by checkout, card and answer to the bank; none is the beginning of another", () => {
    const keys = ["c-1", "c-10"].flatMap((id) =>
      [visa, mastercard, { ...visa, authenticated: true }].map((card) => chargeKeyPrefix(id, card)),
    );
    for (const key of keys) {
      expect(keys.filter((other) => other.startsWith(key))).toEqual([key]);
    }
  });
});
