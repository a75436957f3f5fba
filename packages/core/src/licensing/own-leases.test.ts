import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createOwnLeases } from "./own-leases.ts";

const lease = fc.string({ minLength: 1, maxLength: 900 });

const knowing = (text: string) => {
  const leases = createOwnLeases(1);
  leases.remember(text);
  return leases;
};

describe("leases that this process signed", () => {
  test("are known, with one byte changed, dropped or added they are not", () => {
    const leases = createOwnLeases(16);
    fc.assert(
      fc.property(lease, fc.nat(), fc.nat(255), (text, at, byte) => {
        leases.remember(text);
        expect(leases.knows(text)).toBe(true);
        const bytes = Buffer.from(text);
        const index = at % bytes.length;
        const [before, after] = [bytes.subarray(0, index), bytes.subarray(index + 1)];
        for (const changed of [
          Buffer.concat([before, Buffer.of(byte), after]),
          Buffer.concat([before, after]),
          Buffer.concat([bytes, Buffer.of(byte)]),
        ]) {
          // Told apart as text, which is how leases arrive: broken UTF-8 may be read as the same.
          const read = changed.toString();
          if (read !== text) expect(knowing(text).knows(read)).toBe(false);
        }
      }),
    );
  });

  test("are known by nothing but having been remembered", () => {
    const leases = createOwnLeases();
    fc.assert(fc.property(lease, (text) => !leases.knows(text)));
    expect(leases.knows("")).toBe(false);
  });

  test("are kept four to a set, the oldest forgotten first", () => {
    const leases = createOwnLeases(1);
    const signed = ["a", "b", "c", "d", "e"];
    for (const text of signed) leases.remember(text);
    expect(signed.map((text) => leases.knows(text))).toEqual([false, true, true, true, true]);
  });

  test("keep mostly to sets of their own", () => {
    const leases = createOwnLeases(1024);
    const signed = Array.from({ length: 1024 }, (_, index) => `lease ${index}`);
    for (const text of signed) leases.remember(text);
    // A Poisson distribution of mean 1 leaves more than four to a set for one lease in 300.
    expect(signed.filter((text) => leases.knows(text)).length).toBeGreaterThan(1000);
  });
});
