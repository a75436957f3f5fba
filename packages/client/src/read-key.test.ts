import { expect, test } from "vitest";
import { generateLicenseKey } from "@latchkey/license-crypto";
import { readKey } from "./read-key.ts";

const key = generateLicenseKey("LATCH");

test("reads a key in the form that a person types", () => {
  const typed = key.toLowerCase().replaceAll("-", " ");
  expect(readKey(typed)).toEqual({ ok: true, key, found: false });
});

test("finds the key in a whole mail", () => {
  const mail = `Hello Kim,\n\nyour license key is:\n\n  ${key}\n\nKeep it safe.`;
  expect(readKey(mail)).toEqual({ ok: true, key, found: true });
});

test("names the group at fault where it can be known", () => {
  const groups = key.split("-");
  expect(readKey([...groups.slice(0, 2), "AB!D", ...groups.slice(3)].join("-"))).toEqual({
    ok: false,
    reason: "format",
    group: 3,
  });
});

test("tells symbols that disagree from a text that is no key", () => {
  const last = key.endsWith("0") ? "1" : "0";
  expect(readKey(key.slice(0, -1) + last)).toMatchObject({ ok: false, reason: "check_symbol" });
  expect(readKey("hello")).toEqual({ ok: false, reason: "format", group: null });
});
