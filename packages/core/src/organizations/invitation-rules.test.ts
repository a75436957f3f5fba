import { expect, test } from "vitest";
import { isOpen, judgeAcceptance } from "./invitation-rules.ts";

const now = new Date("2026-11-20T12:00:00.000Z");
const before = new Date("2026-11-20T11:59:59.999Z");
const after = new Date("2026-11-20T12:00:00.001Z");

const open = { email: "ada@example.com", expiresAt: after, acceptedAt: null, revokedAt: null };
const mine = { email: "Ada@Example.com", emailVerified: true, alreadyMember: false };

const outcome = (facts: Partial<Parameters<typeof judgeAcceptance>[0]>): string => {
  const decision = judgeAcceptance({ invitation: open, ...mine, now, ...facts });
  return decision.kind === "refused" ? decision.code : decision.kind;
};

test.each([
  ["the one invited joins", {}, "join"],
  ["a member already closes it", { alreadyMember: true }, "close"],
  ["another address is refused", { email: "eve@example.com" }, "FORBIDDEN"],
  ["an unverified address is refused", { emailVerified: false }, "FORBIDDEN"],
  [
    "accepting twice changes nothing",
    { invitation: { ...open, acceptedAt: before }, alreadyMember: true },
    "unchanged",
  ],
  ["a used link brings nobody back", { invitation: { ...open, acceptedAt: before } }, "CONFLICT"],
  ["a withdrawn one is refused", { invitation: { ...open, revokedAt: before } }, "CONFLICT"],
  ["an expired one is refused", { invitation: { ...open, expiresAt: now } }, "CONFLICT"],
  [
    "a stranger is not told that it expired",
    { invitation: { ...open, expiresAt: before }, email: "eve@example.com" },
    "FORBIDDEN",
  ],
] as const)("%s", (_title, facts, expected) => {
  expect(outcome(facts)).toBe(expected);
});

test("is open until it expires, is used or is withdrawn", () => {
  expect(isOpen(open, now)).toBe(true);
  expect(isOpen({ ...open, expiresAt: now }, now)).toBe(false);
  expect(isOpen({ ...open, acceptedAt: before }, now)).toBe(false);
  expect(isOpen({ ...open, revokedAt: before }, now)).toBe(false);
});
