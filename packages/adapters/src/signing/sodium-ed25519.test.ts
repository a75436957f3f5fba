import { createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
import type { Ed25519 } from "@latchkey/core/ports";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findSodiumEd25519 } from "./index.ts";

const missing = (): never => {
  throw new Error("sodium-native has no binary for this machine.");
};
/** node:crypto's own where the library is missing, so that these tests pass wherever the product runs. */
const ed25519: Ed25519 =
  findSodiumEd25519(() => undefined) ?? ((key) => (message) => sign(null, message, key));

/** RFC 8032, section 7.1: secret key, message, signature. */
const vectors = [
  [
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  ],
  [
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    "af82",
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  ],
] as const;

const keyOf = (seed: Buffer) =>
  createPrivateKey({
    // PKCS #8 of an Ed25519 key, as RFC 8410 has it: what stands before the seed is always the same.
    key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]),
    format: "der",
    type: "pkcs8",
  });

describe("Ed25519 by libsodium", () => {
  test.each(vectors)("signs as RFC 8032 says: %s", (seed, message, signature) => {
    const signed = ed25519(keyOf(Buffer.from(seed, "hex")))(Buffer.from(message, "hex"));
    expect(Buffer.from(signed).toString("hex")).toBe(signature);
  });

  test("signs byte for byte as node:crypto does, by any key and at any length", () => {
    const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const messages = fc.uint8Array({ maxLength: 3000 });
    fc.assert(
      fc.property(seeds, messages, (seed, message) => {
        const key = keyOf(Buffer.from(seed));
        const bytes = Buffer.from(message);
        expect(Buffer.from(ed25519(key)(bytes))).toEqual(sign(null, bytes, key));
      }),
    );
  });

  test("takes no other key", () => {
    const { privateKey } = generateKeyPairSync("x25519");
    expect(() => ed25519(privateKey)(Buffer.of(1))).toThrow(Error);
    expect(() => ed25519(generateKeyPairSync("ed25519").publicKey)(Buffer.of(1))).toThrow(Error);
  });

  test("is left to node:crypto where the library cannot be loaded, and says why", () => {
    const reasons: unknown[] = [];
    expect(findSodiumEd25519((reason) => reasons.push(reason), missing)).toBeNull();
    expect(reasons).toEqual([
      expect.objectContaining({ message: expect.stringContaining("no binary") }),
    ]);
  });
});
