import { generateLicenseKey } from "@latchkey/license-crypto";
import { describe, expect, test } from "vitest";
import { readTypedKey } from "./license-key-rules.ts";

const key = generateLicenseKey("LATCH");

describe("a typed key", () => {
  test("is read in any spelling that people give it", () => {
    expect(readTypedKey(` ${key.toLowerCase().replaceAll("-", " ")} `)).toEqual({ ok: true, key });
  });

  test("with a lost symbol names the group that lacks it", () => {
    const groups = key.split("-");
    groups[2] = (groups[2] ?? "").slice(1);
    expect(readTypedKey(groups.join("-"))).toMatchObject({
      detail: expect.stringContaining("typing error in group 3"),
    });
  });

  test("with a changed symbol is told from an unknown one", () => {
    const changed = key.slice(0, -1) + (key.endsWith("0") ? "1" : "0");
    expect(readTypedKey(changed)).toMatchObject({
      ok: false,
      detail: expect.stringContaining("typing error"),
    });
  });

  test("that is no key at all is told what one looks like", () => {
    expect(readTypedKey("hello")).toMatchObject({ detail: expect.stringContaining("five groups") });
  });
});
