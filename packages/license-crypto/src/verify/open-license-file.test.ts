import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { CompactEncrypt, compactDecrypt } from "jose";
import { armor, unarmor } from "../armor.ts";
import { LEASE_TYPE, LICENSE_FILE_TYPE } from "../claims.ts";
import { fingerprintHash } from "../fingerprint-hash.ts";
import { deriveFileKey } from "../license-file-key.ts";
import { generateLicenseKey } from "../license-key.ts";
import { createLicenseFile } from "../sign/index.ts";
import { fileClaims, FINGERPRINT, IAT, part, PRODUCT, testKey } from "../test-fixtures.ts";
import { createKeyRing, openLicenseFile } from "./index.ts";

const key = testKey("EdDSA");
const { signer } = key;
const ring = createKeyRing({ keys: [key.publicJwk] });
const licenseKey = generateLicenseKey("LATCH");
const bound = { ...fileClaims, fph: fingerprintHash(FINGERPRINT, PRODUCT) };
const now = { nowSeconds: IAT + 60 };

const tokenIn = (text: string): string => {
  const unarmored = unarmor(text);
  if (!unarmored.ok) throw new Error("not armored");
  return unarmored.token;
};

describe("a license file", () => {
  test("opens with the public key alone", async () => {
    const text = await createLicenseFile({ signer, claims: fileClaims });
    expect(openLicenseFile(text, ring, now)).toEqual({ ok: true, claims: fileClaims });
  });

  test("opens under PS256 too", async () => {
    const rsa = testKey("PS256");
    const text = await createLicenseFile({ signer: rsa.signer, claims: fileClaims });
    const opened = openLicenseFile(text, createKeyRing({ keys: [rsa.publicJwk] }), now);
    expect(opened).toEqual({ ok: true, claims: fileClaims });
  });

  test("survives a mail program", async () => {
    const text = await createLicenseFile({ signer, claims: fileClaims });
    const mailed = `Hi,\r\n\r\n> ${text.replaceAll("\n", "\r\n> ")}\r\n-- \r\nBob`;
    expect(openLicenseFile(mailed, ring, now).ok).toBe(true);
  });

  test.each([
    ["its own machine", { fingerprint: FINGERPRINT }, undefined],
    ["another machine", { fingerprint: "linux:ffffffffffffffff" }, "other_machine"],
    ["nobody knows which machine", {}, "needs_fingerprint"],
    ["another product", { fingerprint: FINGERPRINT, audience: "other" }, "other_product"],
    ["the last second", { fingerprint: FINGERPRINT, nowSeconds: bound.exp - 1 }, undefined],
    ["the second it ends", { fingerprint: FINGERPRINT, nowSeconds: bound.exp }, "expired"],
    ["a clock one day behind", { fingerprint: FINGERPRINT, nowSeconds: IAT - 86_400 }, undefined],
    [
      "a clock further behind",
      { fingerprint: FINGERPRINT, nowSeconds: IAT - 86_401 },
      "clock_behind",
    ],
    [
      "another machine, long after",
      { fingerprint: "linux:ffffffffffffffff", nowSeconds: bound.exp + 1 },
      "other_machine",
    ],
  ])("bound to a machine, on %s", async (_where, facts, reason) => {
    const text = await createLicenseFile({ signer, claims: bound });
    expect(openLicenseFile(text, ring, { ...now, ...facts })).toEqual(
      reason === undefined ? { ok: true, claims: bound } : { ok: false, reason, claims: bound },
    );
  });

  test("is refused when any one character of it is changed", async () => {
    const text = await createLicenseFile({ signer, claims: fileClaims });
    const start = text.indexOf("\n") + 1;
    const end = text.indexOf("\n-----END");
    for (let index = start; index < end; index += 1) {
      if (text.charAt(index) === "\n") continue;
      const other = text.charAt(index) === "A" ? "B" : "A";
      const changed = text.slice(0, index) + other + text.slice(index + 1);
      expect(openLicenseFile(changed, ring, now).ok).toBe(false);
    }
  });

  test.each([
    ["a word", "hello", "not_a_license_file"],
    ["a cut file", armor(`${part({})}.`).slice(0, 50), "damaged"],
    ["no token", armor("abc"), "damaged"],
    ["a lease", armor(signer.sign(LEASE_TYPE, fileClaims)), "not_a_license_file"],
    [
      "another vendor's file",
      armor(testKey("EdDSA", "else").signer.sign(LICENSE_FILE_TYPE, fileClaims)),
      "not_from_vendor",
    ],
    [
      "a file forged under the vendor's kid",
      armor(testKey("EdDSA").signer.sign(LICENSE_FILE_TYPE, fileClaims)),
      "damaged",
    ],
    ["a newer format", armor(signer.sign(LICENSE_FILE_TYPE, { v: 2, seats: [] })), "newer_format"],
    ["claims of no format", armor(signer.sign(LICENSE_FILE_TYPE, { v: 1 })), "damaged"],
  ])("that is %s is refused in words", (_what, text, reason) => {
    expect(openLicenseFile(text, ring, now)).toEqual({ ok: false, reason });
  });

  test("with claims that no client would take is not made", async () => {
    await expect(
      createLicenseFile({ signer, claims: { ...fileClaims, exp: fileClaims.iat } }),
    ).rejects.toThrow("iat < exp");
  });

  test("round-trips any names, lifetimes and binding, encrypted or not", async () => {
    const machine = fc.stringMatching(/^[A-Za-z0-9_.:-]{16,128}$/);
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }),
        fc.integer({ min: 3600, max: 31_536_000 }),
        fc.option(machine, { nil: undefined }),
        fc.boolean(),
        async (organization, ttlSeconds, fingerprint, encrypt) => {
          const fph =
            fingerprint === undefined ? {} : { fph: fingerprintHash(fingerprint, PRODUCT) };
          const claims = { ...fileClaims, organization, exp: IAT + ttlSeconds, ...fph };
          const encryptWithKey = encrypt ? licenseKey : undefined;
          const text = await createLicenseFile({ signer, claims, encryptWithKey });
          const opened = openLicenseFile(text, ring, { ...now, fingerprint, licenseKey });
          expect(opened).toEqual({ ok: true, claims });
        },
      ),
    );
  });
});

describe("an encrypted license file", async () => {
  const text = await createLicenseFile({ signer, claims: fileClaims, encryptWithKey: licenseKey });
  const jwe = tokenIn(text);

  test("opens with the key as a person types it", () => {
    const typed = licenseKey.toLowerCase().replaceAll("-", " ");
    expect(openLicenseFile(text, ring, { ...now, licenseKey: typed })).toEqual({
      ok: true,
      claims: fileClaims,
    });
  });

  test.each([
    ["no key", undefined, "needs_key"],
    ["another key", generateLicenseKey("LATCH"), "wrong_key"],
    ["a mistyped key", `${licenseKey}0`, "wrong_key"],
  ])("with %s stays closed", (_what, typed, reason) => {
    expect(openLicenseFile(text, ring, { ...now, licenseKey: typed })).toEqual({
      ok: false,
      reason,
    });
  });

  test("shows nothing of its claims", () => {
    const seen = jwe
      .split(".")
      .map((piece) => Buffer.from(piece, "base64url").toString("latin1"))
      .join("");
    expect(seen).not.toContain("Drafter");
    expect(seen).not.toContain(fileClaims.sub);
    expect(seen).not.toContain(licenseKey.slice(-4));
  });

  test("is read by jose, and one made by jose is read by us", async () => {
    const { contentKey, kid } = deriveFileKey(licenseKey);
    const opened = await compactDecrypt(jwe, contentKey);
    expect(opened.protectedHeader).toEqual({
      alg: "dir",
      enc: "A256GCM",
      cty: LICENSE_FILE_TYPE,
      kid,
    });
    const made = await new CompactEncrypt(opened.plaintext)
      .setProtectedHeader({ alg: "dir", enc: "A256GCM", cty: LICENSE_FILE_TYPE, kid })
      .encrypt(contentKey);
    expect(openLicenseFile(armor(made), ring, { ...now, licenseKey }).ok).toBe(true);
  });

  test("is damaged, not wrongly keyed, when its ciphertext, iv or tag is changed", () => {
    const parts = jwe.split(".");
    for (const index of [2, 3, 4]) {
      const bytes = Buffer.from(parts[index] ?? "", "base64url");
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      const changed = parts.with(index, bytes.toString("base64url")).join(".");
      expect(openLicenseFile(armor(changed), ring, { ...now, licenseKey })).toEqual({
        ok: false,
        reason: "damaged",
      });
    }
  });

  test.each([
    [
      "a tag cut short",
      (parts: string[]) => parts.with(4, (parts[4] ?? "").slice(0, 8)),
      "damaged",
    ],
    ["an encrypted key", (parts: string[]) => parts.with(1, "AAAA"), "damaged"],
    ["no header", (parts: string[]) => parts.with(0, "AAAA"), "damaged"],
    [
      "an encryption we do not know",
      (parts: string[]) => parts.with(0, part({ alg: "dir", enc: "A512GCM" })),
      "newer_format",
    ],
    [
      "compression",
      (parts: string[]) =>
        parts.with(
          0,
          part({ alg: "dir", enc: "A256GCM", cty: LICENSE_FILE_TYPE, kid: "x", zip: "DEF" }),
        ),
      "newer_format",
    ],
  ])("with %s is refused", (_what, change, reason) => {
    const changed = armor(change(jwe.split(".")).join("."));
    expect(openLicenseFile(changed, ring, { ...now, licenseKey })).toEqual({ ok: false, reason });
  });

  test("is still judged by its signature inside", async () => {
    const { contentKey, kid } = deriveFileKey(licenseKey);
    const forged = testKey("EdDSA", "else").signer.sign(LICENSE_FILE_TYPE, fileClaims);
    const made = await new CompactEncrypt(Buffer.from(forged))
      .setProtectedHeader({ alg: "dir", enc: "A256GCM", cty: LICENSE_FILE_TYPE, kid })
      .encrypt(contentKey);
    expect(openLicenseFile(armor(made), ring, { ...now, licenseKey })).toEqual({
      ok: false,
      reason: "not_from_vendor",
    });
  });
});
