import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { armor, unarmor } from "./armor.ts";

const token = `${"a".repeat(200)}.${"B".repeat(90)}._-`;
const text = armor(token);

describe("armor", () => {
  test("frames base64 in lines of 64 and ends with a line feed", () => {
    const lines = text.split("\n");
    expect(lines[0]).toBe("-----BEGIN LATCHKEY LICENSE FILE-----");
    expect(lines.at(-2)).toBe("-----END LATCHKEY LICENSE FILE-----");
    expect(lines.at(-1)).toBe("");
    const body = lines.slice(1, -2);
    expect(body.slice(0, -1).every((line) => line.length === 64)).toBe(true);
    expect(Buffer.from(body.join(""), "base64").toString()).toBe(token);
  });

  test("gives any token back", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9_.-]{1,400}$/), (any) => {
        expect(unarmor(armor(any))).toEqual({ ok: true, token: any });
      }),
    );
  });
});

describe("unarmor forgives", () => {
  test.each([
    ["CRLF", text.replaceAll("\n", "\r\n")],
    ["blank lines", text.replaceAll("\n", "\n\n")],
    ["no line breaks at all", text.replaceAll("\n", "")],
    ["text around it", `Dear Ada,\n\nhere it is:\n${text}\nBest, Bob -----`],
    ["indentation", text.replaceAll("\n", "\n    ")],
    ["mail quoting", `> ${text.replaceAll("\n", "\n> ")}`],
    ["a byte order mark", `\uFEFF${text}`],
    ["a second file after the first", text + armor("x.y.z")],
  ])("%s", (_what, changed) => {
    expect(unarmor(changed)).toEqual({ ok: true, token });
  });
});

describe("unarmor refuses", () => {
  test.each([
    ["no armor", "hello", "not_a_license_file"],
    ["another armor", text.replaceAll("LATCHKEY LICENSE FILE", "PUBLIC KEY"), "not_a_license_file"],
    ["no end", text.slice(0, 200), "damaged"],
    ["nothing inside", armor(""), "damaged"],
    ["a foreign character", text.replace("YWFh", "YW*h"), "damaged"],
    ["a foreign character between", text.replace("YWFh", "YW*Fh"), "damaged"],
    ["base64 that goes on after its end", text.replace("\n-----END", "=\n-----END"), "damaged"],
    ["a lost character", text.replace("YWFh", "YWF"), "damaged"],
    ["bytes that are no token", armor("a b"), "damaged"],
    ["far too much", armor("a".repeat(300_000)), "damaged"],
  ])("%s", (_what, changed, reason) => {
    expect(unarmor(changed)).toEqual({ ok: false, reason });
  });
});
