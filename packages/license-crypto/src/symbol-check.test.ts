import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { checkSymbolOf, hasRightCheckSymbol, SYMBOLS } from "./symbol-check.ts";

const symbol = fc.constantFrom(...SYMBOLS.split(""));
const prefix = fc.stringMatching(/^[A-Z0-9]{2,12}$/);
const bodySymbols = fc.array(symbol, { minLength: 19, maxLength: 19 });
const key = fc
  .tuple(prefix, bodySymbols)
  .map(([start, body]) => start + body.join(""))
  .map((text) => text + checkSymbolOf(text));

const replaceAt = (text: string, index: number, by: string): string =>
  text.slice(0, index) + by + text.slice(index + 1);

describe("the check symbol", () => {
  test("is the one worked out by hand from the polynomial", () => {
    // α²·1 + α·0 + 0 = 4, times α again is 8; "11": α³ + α² + α = 8 + 4 + 2 = 14, which is E.
    expect(checkSymbolOf("00")).toBe("8");
    expect(checkSymbolOf("11")).toBe("E");
    // α⁵ = α² + 1, the first time the reduction is needed: α⁵ + 0 = 5.
    expect(checkSymbolOf("0000")).toBe("5");
  });

  test("makes exactly one of the 32 endings right", () => {
    fc.assert(
      fc.property(prefix, bodySymbols, (start, body) => {
        const text = start + body.join("");
        const right = SYMBOLS.split("").filter((ending) => hasRightCheckSymbol(text + ending));
        expect(right).toEqual([checkSymbolOf(text)]);
      }),
    );
  });

  test("catches every replacement of one symbol of the body by any of the other 31", () => {
    fc.assert(
      fc.property(key, (text) => {
        for (let index = text.length - 20; index < text.length; index += 1) {
          for (const other of SYMBOLS) {
            if (other === text.charAt(index)) continue;
            expect(hasRightCheckSymbol(replaceAt(text, index, other))).toBe(false);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  test("catches every exchange of two unlike symbols, adjacent or not, in the body", () => {
    fc.assert(
      fc.property(key, (text) => {
        for (let left = text.length - 20; left < text.length; left += 1) {
          for (let right = left + 1; right < text.length; right += 1) {
            const [a, b] = [text.charAt(left), text.charAt(right)];
            if (a === b) continue;
            const exchanged = replaceAt(replaceAt(text, left, b), right, a);
            expect(hasRightCheckSymbol(exchanged)).toBe(false);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  test("catches every adjacent twin error in the body", () => {
    fc.assert(
      fc.property(bodySymbols, fc.nat(17), symbol, symbol, (body, at, a, b) => {
        fc.pre(a !== b);
        const twins = (twin: string) =>
          [...body.slice(0, at), twin, twin, ...body.slice(at + 2)].join("");
        const right = `LATCH${twins(a)}${checkSymbolOf(`LATCH${twins(a)}`)}`;
        expect(hasRightCheckSymbol(`LATCH${twins(b)}${right.slice(-1)}`)).toBe(false);
      }),
    );
  });

  test("catches a replaced character of the prefix, look-alikes excepted", () => {
    const alike = (character: string) =>
      character.replace(/[IL]/, "1").replace("O", "0").replace("U", "V");
    const characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".split("");
    for (const here of characters) {
      const right = `AB${here}C7K2MQ9XB40TD`;
      const check = checkSymbolOf(right);
      for (const other of characters) {
        const caught = !hasRightCheckSymbol(replaceAt(right, 2, other) + check);
        expect(caught).toBe(alike(other) !== alike(here));
      }
    }
  });

  test("notices that leading zeros were lost", () => {
    fc.assert(
      fc.property(key, (text) => {
        expect(hasRightCheckSymbol(`0${text}`)).toBe(false);
      }),
    );
  });

  test("refuses to weigh anything but A-Z and 0-9", () => {
    expect(() => checkSymbolOf("LATCH-0")).toThrow(RangeError);
  });
});
