import { describe, expect, test } from "vitest";
import fc from "fast-check";
import {
  generateLicenseKey,
  isLicenseKeyText,
  maskLicenseKey,
  parseLicenseKey,
} from "./license-key.ts";
import { checkSymbolOf, SYMBOLS } from "./symbol-check.ts";

const prefix = fc.stringMatching(/^[A-Z0-9]{2,12}$/);
const generated = prefix.map(generateLicenseKey);

const body = "7K2MQ9XB40TDV8HN1CF";
const key = `LATCH-7K2M-Q9XB-40TD-V8HN-1CF${checkSymbolOf(`LATCH${body}`)}`;
const ending = key.slice(-1);

describe("generateLicenseKey", () => {
  test("makes keys that are canonical and parse to themselves", () => {
    fc.assert(
      fc.property(prefix, (start) => {
        const made = generateLicenseKey(start);
        expect(isLicenseKeyText(made)).toBe(true);
        expect(parseLicenseKey(made)).toEqual({
          ok: true,
          key: made,
          prefix: start,
          lastFour: made.slice(-4),
        });
      }),
    );
  });

  test("knows the key that its documentation draws", () => {
    expect(isLicenseKeyText("LATCH-7K2M-Q9XB-40TD-V8HN-3CFH")).toBe(true);
  });

  test("uses each of the 32 symbols equally often in each place", () => {
    const keys = Array.from({ length: 3200 }, () => generateLicenseKey("AA").replaceAll("-", ""));
    for (let place = 2; place < 21; place += 1) {
      const counts = new Map<string, number>();
      for (const made of keys) {
        counts.set(made.charAt(place), (counts.get(made.charAt(place)) ?? 0) + 1);
      }
      const chiSquare = SYMBOLS.split("")
        .map((symbol) => ((counts.get(symbol) ?? 0) - 100) ** 2 / 100)
        .reduce((sum, term) => sum + term, 0);
      // 31 degrees of freedom: a fair source is above 100 about once in 10⁸ places.
      expect(chiSquare).toBeLessThan(100);
    }
  });

  test.each(["", "A", "latch", "LAT-CH", "ABCDEFGHIJKLM", "ÄB", "AB\n"])(
    "refuses the prefix %j",
    (start) => {
      expect(() => generateLicenseKey(start)).toThrow(RangeError);
    },
  );
});

describe("parseLicenseKey", () => {
  test.each([
    ["as printed", key],
    ["lower case", key.toLowerCase()],
    ["no dashes", key.replaceAll("-", "")],
    ["spaces for dashes", key.replaceAll("-", " ")],
    ["spaces everywhere", key.split("").join(" ")],
    ["only the first dash missing", key.replace("-", "")],
    ["only the first dash", `LATCH-${key.slice(6).replaceAll("-", "")}`],
    ["a dash in the middle alone", `LATCH${body.slice(0, 8)}-${body.slice(8)}${ending}`],
    ["non-breaking hyphens", key.replaceAll("-", "\u2011")],
    ["en dashes with spaces around", key.replaceAll("-", " – ")],
    ["doubled dashes", key.replaceAll("-", "--")],
    ["a list bullet before it", `- ${key}`],
    ["line breaks and tabs", `\r\n\t${key}\n`],
    ["zero-width characters and a byte order mark", `\uFEFF${key.replaceAll("-", "-\u200B")}`],
    ["I for 1", key.replace("1CF", "ICF")],
    ["l for 1", key.replace("1CF", "lCF")],
    ["O for 0", key.replace("40TD", "4OTD")],
    ["o for 0", key.replace("40TD", "4oTD")],
  ])("reads %s", (_writing, text) => {
    expect(parseLicenseKey(text)).toEqual({
      ok: true,
      key,
      prefix: "LATCH",
      lastFour: `1CF${ending}`,
    });
  });

  test("reads any key in any mix of case, spaces, missing dashes and look-alikes", () => {
    const sloppiness = fc.array(fc.nat(5), { minLength: 37, maxLength: 37 });
    fc.assert(
      fc.property(generated, sloppiness, (right, choices) => {
        const bodyStart = right.indexOf("-");
        const typed = right.split("").map((character, index) => {
          const choice = choices[index] ?? 0;
          if (character === "-") return choice < 3 ? "" : "-";
          if (index > bodyStart && character === "1" && choice < 4) return "IilL".charAt(choice);
          if (index > bodyStart && character === "0" && choice < 2) return "Oo".charAt(choice);
          if (choice === 4) return ` ${character}`;
          return choice === 5 ? character.toLowerCase() : character;
        });
        expect(parseLicenseKey(typed.join(""))).toMatchObject({ ok: true, key: right });
      }),
      { numRuns: 500 },
    );
  });

  test("leaves look-alikes in the prefix as they are", () => {
    const made = generateLicenseKey("OIL0");
    expect(parseLicenseKey(made)).toMatchObject({ ok: true, prefix: "OIL0", key: made });
  });

  test("takes the last 20 symbols for the body whatever the prefix ends with", () => {
    fc.assert(
      fc.property(generated, (right) => {
        expect(parseLicenseKey(right.replaceAll("-", ""))).toMatchObject({
          ok: true,
          key: right,
          prefix: right.slice(0, right.indexOf("-")),
        });
      }),
    );
  });

  test.each<[string, string, number | undefined]>([
    ["nothing", "", undefined],
    ["a word", "hello", undefined],
    ["a prefix of one", "L-7K2M-Q9XB-40TD-V8HN-3CFH", 1],
    ["a prefix of thirteen", "ABCDEFGHIJKLM-7K2M-Q9XB-40TD-V8HN-3CFH", 1],
    ["a foreign letter in the prefix", key.replace("LATCH", "LÄTCH"), 1],
    ["a symbol lost in the third group", key.replace("Q9XB", "Q9B"), 3],
    ["a symbol doubled in the fourth group", key.replace("40TD", "400TD"), 4],
    ["U, which is no symbol", key.replace("V8HN", "U8HN"), 5],
    ["U without any dash", key.replace("V8HN", "U8HN").replaceAll("-", ""), 5],
    ["a sign in the last group", key.replace("1CF", "1C*"), 6],
    ["a letter whose capital is ASCII", key.replace("7K2M", "7\u017F2M"), 2],
    ["a lost symbol that a dash gives away", `LATCH-${body}`, undefined],
    ["a dash inside a group", key.replaceAll("-", "").replace("Q9", "Q-9"), undefined],
    ["too few symbols without dashes", body, undefined],
    ["a missing group", "LATCH-7K2M-Q9XB-40TD-V8HN", undefined],
    ["an extra group", `${key}-7K2M`, undefined],
    ["a prefix of thirteen without dashes", `ABCDEFGHIJKLM${body}${ending}`, undefined],
    ["a key lost in endless spaces", key + " ".repeat(1000), undefined],
    ["an endless text", "A".repeat(100_000), undefined],
  ])("refuses %s", (_what, text, group) => {
    expect(parseLicenseKey(text)).toEqual({
      ok: false,
      reason: "format",
      ...(group === undefined ? {} : { group }),
    });
  });

  test("tells a typing error by the check symbol", () => {
    expect(parseLicenseKey(key.replace("7K2M", "7K2N"))).toEqual({
      ok: false,
      reason: "check_symbol",
    });
    expect(parseLicenseKey(key.replace("7K2M", "K72M"))).toEqual({
      ok: false,
      reason: "check_symbol",
    });
    expect(parseLicenseKey(key.replace("LATCH", "LATHC"))).toEqual({
      ok: false,
      reason: "check_symbol",
    });
  });

  test("never throws, and what it accepts is canonical", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), generated), (text) => {
        const parsed = parseLicenseKey(text);
        expect(parsed.ok ? isLicenseKeyText(parsed.key) : parsed.reason).not.toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});

describe("maskLicenseKey", () => {
  test("shows the prefix and the last four symbols, and cannot be read back", () => {
    const masked = maskLicenseKey({ prefix: "LATCH", lastFour: "3CFH" });
    expect(masked).toBe("LATCH-****-****-****-****-3CFH");
    expect(parseLicenseKey(masked).ok).toBe(false);
  });
});
