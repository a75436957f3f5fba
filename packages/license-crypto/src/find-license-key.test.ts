import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { findLicenseKey } from "./find-license-key.ts";
import { generateLicenseKey, isLicenseKeyText } from "./license-key.ts";
import { checkSymbolOf } from "./symbol-check.ts";

const symbols = "LATCH7K2MQ9XB40TDV8HN1CF";
const key = `LATCH-7K2M-Q9XB-40TD-V8HN-1CF${checkSymbolOf(symbols)}`;

const mail = (written: string) => `Hello Ada,

thank you for buying Drafter Pro (order 2026-11-20-0042, invoice INV-2026-0007).
Your license key:

    ${written}

Keep it safe. Questions? Call 0800-1234-5678-9012 or write to help@example.com,
reference 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08.
`;

describe("findLicenseKey", () => {
  test.each([
    ["printed", key],
    ["in lower case", key.toLowerCase()],
    ["with spaces for dashes", key.replaceAll("-", " ")],
    ["without dashes", key.replaceAll("-", "")],
    ["with the first dash alone", `LATCH-${key.slice(6).replaceAll("-", "")}`],
    ["with en dashes", key.replaceAll("-", "–")],
    ["broken after a dash", key.replace("XB-", "XB-\r\n")],
    ["broken and quoted", key.replace("XB-", "XB-\n>> ")],
    ["in HTML", `<b>${key}</b>`],
    ["at the end of a sentence", `Your key is ${key}.`],
    ["in a link", `latchkey://activate?key=${key}&x=1`],
    ["behind a word and a dash", `Key-${key}`],
  ])("finds a key %s in a whole mail", (_how, written) => {
    expect(findLicenseKey(mail(written))).toEqual({
      key,
      prefix: "LATCH",
      lastFour: key.slice(-4),
    });
  });

  test("finds a key whose prefix looks like a group behind another word", () => {
    const made = generateLicenseKey("ACME");
    expect(findLicenseKey(`KEY-${made}`)?.key).toBe(made);
  });

  test("takes the last six of seven dashed groups where the first six pass the check as well", () => {
    const keys = Array.from({ length: 2000 }, () => generateLicenseKey("ACME"));
    const ambiguous = keys.filter((made) => isLicenseKeyText(`KEY-${made.slice(0, -5)}`));
    expect(ambiguous).not.toEqual([]);
    expect(ambiguous.map((made) => findLicenseKey(`KEY-${made}`)?.key)).toEqual(ambiguous);
  });

  test.each(["-2026", " - 2020", " – seat", "-2026\nACME-MC4Y-E9D0-V4QX-AWXK-KT3F"])(
    "finds a key that %j follows",
    (after) => {
      expect(findLicenseKey(`${key}${after}`)?.key).toBe(key);
    },
  );

  test("is not led astray by a group behind a dash and a space, whatever it adds up to", () => {
    for (let year = 1900; year < 2100; year += 1) {
      const made = generateLicenseKey("ACME");
      expect(findLicenseKey(`${made} - ${year}`)?.key).toBe(made);
    }
  });

  test("passes a mistyped key and takes the right one after it", () => {
    expect(findLicenseKey(`${key.replace("7K2M", "7K2N")}\n${key}`)?.key).toBe(key);
  });

  test("takes only the product's own key when a prefix is given", () => {
    const other = generateLicenseKey("OTHER");
    expect(findLicenseKey(`${other}\n${key}`, "LATCH")?.key).toBe(key);
    expect(findLicenseKey(`${other}\n${key}`)?.key).toBe(other);
    expect(findLicenseKey(other, "LATCH")).toBeNull();
  });

  test.each([
    ["an empty text", ""],
    ["a mail without a key", mail("(see attachment)")],
    ["a mistyped key", mail(key.replace("7K2M", "7K2N"))],
    ["a key that goes on", mail(`${key}A`)],
  ])("finds nothing in %s", (_what, text) => {
    expect(findLicenseKey(text)).toBeNull();
  });

  test("does not take five short words for a key, whatever they add up to", () => {
    const words = ["them", "that", "when", "with", "been", "even", "ever", "they"];
    for (const last of words) {
      for (const first of words) {
        expect(findLicenseKey(`and ${first} then they came here ${last} and so`)).toBeNull();
      }
    }
  });

  test("finds any key between any other text", () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 200 }),
        fc.stringMatching(/^[A-Z0-9]{2,12}$/),
        fc.string({ maxLength: 200 }),
        (before, prefix, after) => {
          const made = generateLicenseKey(prefix);
          expect(findLicenseKey(`${before}\n\n${made}\n\n${after}`, prefix)?.key).toBe(made);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("reads a huge hostile text in one pass", () => {
    expect(findLicenseKey("AAAA-".repeat(200_000))).toBeNull();
  });
});
