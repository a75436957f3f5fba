import { expect, test } from "vitest";
import { whyNotBy } from "./why-not.ts";

const whyNot = whyNotBy(["owner", "admin", "member"], (role, permission: "read" | "write") =>
  permission === "read" ? true : role !== "member",
);

test.each([
  ["member", "read", null],
  ["admin", "write", null],
  ["member", "write", "Needs the role owner or admin; yours is member."],
] as const)("why a %s may not %s: %s", (role, permission, reason) => {
  expect(whyNot(role, permission)).toBe(reason);
});
