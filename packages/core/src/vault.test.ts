import fc from "fast-check";
import { expect, test } from "vitest";
import { createVault } from "./vault.ts";

const vault = createVault("a secret of at least thirty-two characters");

test("opens what it sealed, whatever the text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (plaintext) => {
      expect(vault.open("license-key", vault.seal("license-key", plaintext))).toBe(plaintext);
    }),
  );
});

test("opens nothing that was sealed for another purpose or under another secret", () => {
  const sealed = vault.seal("license-key", "LATCH-1");
  const stranger = createVault("another secret of at least thirty-two characters");
  expect(() => vault.open("signing-key", sealed)).toThrow();
  expect(() => stranger.open("license-key", sealed)).toThrow();
});

test("refuses ciphertext of which any byte was changed", () => {
  const sealed = vault.seal("mail-content", "Your key is LATCH-1");
  fc.assert(
    fc.property(
      fc.nat(sealed.length - 1),
      fc.integer({ min: 1, max: 255 }),
      (position, difference) => {
        const changed = Buffer.from(sealed);
        changed[position] = (changed[position] ?? 0) ^ difference;
        expect(() => vault.open("mail-content", changed)).toThrow();
      },
    ),
  );
});

test("seals the same text differently each time and hashes it the same", () => {
  expect(vault.seal("license-key", "a")).not.toEqual(vault.seal("license-key", "a"));
  expect(vault.hash("license-key", "a")).toEqual(vault.hash("license-key", "a"));
  expect(vault.hash("license-key", "a")).not.toEqual(vault.hash("trial-claim", "a"));
});
