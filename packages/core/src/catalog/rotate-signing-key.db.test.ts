import { createPrivateKey, sign } from "node:crypto";
import { auditEntries, signingKeys } from "@latchkey/db/schema";
import { transact } from "@latchkey/db";
import { createKeyRing, extendKeyRing, verifyLease } from "@latchkey/license-crypto/verify";
import { signLease } from "@latchkey/license-crypto/sign";
import { fingerprintHash } from "@latchkey/license-crypto";
import { callBy, createTestCore } from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createCore } from "../index.ts";
import type { Ed25519 } from "../ports.ts";
import { systemCall } from "../call.ts";

let made: TestCore;
let productId: string;
const system = systemCall("test");
const rotate = () => made.core.catalog.rotateSigningKey(system, { product: "latch" });

beforeAll(async () => {
  made = await createTestCore();
  productId = (await made.core.catalog.getProduct(system, "latch")).id;
});
afterAll(() => made.close());

const signedBy = async (catalog = made.core.catalog) =>
  signLease(await catalog.getSigner(productId), {
    iss: made.deps.settings.publicUrl,
    aud: productId,
    sub: "license",
    sid: "session",
    mch: "machine",
    fph: fingerprintHash("linux:3f2a9c5d7e1b4a60", productId),
    iat: 1_000,
    exp: 1_360,
    graceUntil: 3_160,
    seq: 1,
    features: {},
    limits: {},
  });

test("an old lease is believed after rotations, and a new one by who pinned the old key", async () => {
  const { catalog } = made.core;
  const oldLease = await signedBy();
  const pinned = createKeyRing(await catalog.publicKeys(system));
  await rotate();
  const { kid } = await rotate();
  const newLease = await signedBy();
  const expected = { audience: productId };
  const ring = await catalog.getKeyRing(productId);
  expect(verifyLease(ring, oldLease, expected).ok).toBe(true);
  expect(verifyLease(ring, newLease, expected).ok).toBe(true);
  expect((await catalog.getSigner(productId)).kid).toBe(kid);
  expect(verifyLease(pinned, newLease, expected)).toEqual({ ok: false, reason: "unknown_key" });
  const extended = extendKeyRing(pinned, await catalog.publicKeys(system), expected);
  expect(verifyLease(extended, newLease, expected).ok).toBe(true);
});

test("another node knows a lease by signing it again, before and after a rotation", async () => {
  let signed = 0;
  const ed25519: Ed25519 = (privateKey) => (message) => {
    signed += 1;
    return sign(null, message, privateKey);
  };
  for (const signatures of [1, 2]) {
    const lease = await signedBy();
    const { catalog } = createCore({ ...made.deps, ed25519 });
    const ring = await catalog.getKeyRing(productId, lease);
    expect(verifyLease(ring, lease, { audience: productId }).ok).toBe(true);
    expect(signed).toBe(signatures);
    await rotate();
  }
});

test("a node that cannot open the private key judges leases by the public one", async () => {
  const open = () => {
    throw new Error("not sealed by this vault");
  };
  const { catalog } = createCore({ ...made.deps, vault: { ...made.deps.vault, open } });
  const lease = await signedBy();
  const ring = await catalog.getKeyRing(productId, lease);
  const judge = (token: string) => verifyLease(ring, token, { audience: productId });
  expect(judge(lease).ok).toBe(true);
  expect(judge(`${lease.slice(0, -6)}AAAAAA`)).toEqual({ ok: false, reason: "bad_signature" });
});

test("rotations at the same time leave one active key and an unbroken chain", async () => {
  const pinned = createKeyRing(await made.core.catalog.publicKeys(system));
  const rotated = await Promise.all([1, 2, 3, 4, 5].map(rotate));
  const keys = await made.database.drizzle.select().from(signingKeys);
  expect(keys.filter(({ status }) => status === "active")).toHaveLength(1);
  const jwks = await made.core.catalog.publicKeys(system);
  const extended = extendKeyRing(pinned, jwks, { audience: productId });
  expect(extended.kids).toEqual(expect.arrayContaining(rotated.map(({ kid }) => kid)));
});

test("no row holds a private key that could be read without the secret", async () => {
  const rows = await made.database.drizzle.select().from(signingKeys);
  expect(rows.length).toBeGreaterThan(0);
  for (const { privateKeyCiphertext, ...row } of rows) {
    const pem = made.deps.vault.open("signing-key", privateKeyCiphertext);
    const { d = "" } = createPrivateKey(pem).export({ format: "jwk" });
    const secrets = [d, ...pem.split("\n").filter((line) => /^[A-Za-z0-9+/=]{20,}$/.test(line))];
    expect(secrets.length).toBeGreaterThan(1);
    const dump = JSON.stringify(row) + privateKeyCiphertext.toString("latin1");
    for (const secret of secrets) expect(dump).not.toContain(secret);
  }
});

test("another node knows the new key as soon as a token names it", async () => {
  const elsewhere = createCore(made.deps).catalog;
  const before = await signedBy(elsewhere);
  expect(
    verifyLease(await elsewhere.getKeyRing(productId, before), before, { audience: productId }).ok,
  ).toBe(true);
  await rotate();
  const lease = await signedBy();
  // It asks PostgreSQL about unknown kids once a second at most.
  await expect
    .poll(
      async () =>
        verifyLease(await elsewhere.getKeyRing(productId, lease), lease, { audience: productId })
          .ok,
      { timeout: 10_000 },
    )
    .toBe(true);
});

test("a key signs nothing for a product that has none", async () => {
  const nowhere = "0190b8a0-0000-7000-8000-000000000001";
  await expect(made.core.catalog.getSigner(nowhere)).rejects.toThrow("no active signing key");
  expect((await made.core.catalog.getKeyRing("no id at all")).kids).toEqual([]);
});

test("a vendor's client that cannot do Ed25519 gets an RSA key", async () => {
  const { catalog } = made.core;
  const { kid } = await catalog.rotateSigningKey(system, { product: "latch", algorithm: "PS256" });
  expect(await catalog.getSigner(productId)).toMatchObject({ kid, algorithm: "PS256" });
  const lease = await signedBy();
  const ring = await catalog.getKeyRing(productId, lease);
  expect(verifyLease(ring, lease, { audience: productId }).ok).toBe(true);
});

test("a rotation is audited and shows no private key", async () => {
  const { kid } = await rotate();
  const entries = await transact(made.database, { kind: "system" }, ({ db }) =>
    db.select().from(auditEntries),
  );
  expect(entries.filter(({ action }) => action === "signing_key.rotate").at(-1)).toMatchObject({
    actorKind: "system",
    targetId: productId,
    after: { kid, algorithm: "EdDSA" },
  });
  const { keys } = await made.core.catalog.publicKeys(callBy({ kind: "anonymous" }));
  expect(keys.flatMap((key) => Object.keys(key))).not.toContain("d");
});

test("nobody but the house rotates keys, and only those of products that exist", async () => {
  const { catalog } = made.core;
  await expect(
    catalog.rotateSigningKey(callBy({ kind: "anonymous" }), { product: "latch" }),
  ).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(catalog.rotateSigningKey(system, { product: "lost" })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
});
