import { spawnSync } from "node:child_process";
import { createPrivateKey } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { fingerprintHash, generateLicenseKey } from "@latchkey/license-crypto";
import type { LicenseFileClaims } from "@latchkey/license-crypto";
import { createLicenseFile, createSigner, generateSigningKey } from "@latchkey/license-crypto/sign";
import { afterAll, beforeAll, expect, test } from "vitest";

const main = fileURLToPath(new URL("latchkey.mjs", import.meta.url));
const product = "0190b8a0-0000-7000-8000-000000000001";
const nowSeconds = Math.floor(Date.now() / 1000);
const claims: LicenseFileClaims = {
  v: 1,
  iss: "https://licenses.example.com",
  aud: product,
  sub: "0190b8a0-0000-7000-8000-000000000002",
  jti: "0190b8a0-0000-7000-8000-000000000003",
  organization: "Acme",
  plan: "Pro",
  product: { id: product, name: "Drafter" },
  maxSeats: 10,
  features: { export: true },
  limits: {},
  iat: nowSeconds - 60,
  exp: nowSeconds + 86_400,
};
const licenseKey = generateLicenseKey("LATCH");
const fingerprint = "linux:3f2a9c5d7e1b4a60";

let folder: string;
const inFolder = (name: string) => path.join(folder, name);
const verify = (name: string, ...options: string[]) => {
  const args = [main, "license", "verify", inFolder(name), "--keys", inFolder("keys.json")];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...args, ...options], {
    encoding: "utf8",
  });
  return { status, stdout, stderr };
};

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "latchkey-cli-"));
  const [key, stranger] = await Promise.all([
    generateSigningKey("EdDSA"),
    generateSigningKey("EdDSA"),
  ]);
  const signerOf = ({ kid, algorithm, privateKeyPem }: typeof key) =>
    createSigner({ kid, algorithm, privateKey: createPrivateKey(privateKeyPem) });
  const signer = signerOf(key);
  writeFileSync(inFolder("keys.json"), JSON.stringify({ keys: [key.publicJwk] }));
  writeFileSync(inFolder("license-key"), `${licenseKey}\n`);
  const files: Record<string, Parameters<typeof createLicenseFile>[0]> = {
    good: { signer, claims },
    old: { signer, claims: { ...claims, exp: nowSeconds - 1 } },
    bound: { signer, claims: { ...claims, fph: fingerprintHash(fingerprint, product) } },
    sealed: { signer, claims, encryptWithKey: licenseKey },
    forged: { signer: signerOf(stranger), claims },
  };
  for (const [name, file] of Object.entries(files)) {
    writeFileSync(inFolder(name), await createLicenseFile(file));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

test("says until when a file is valid, for whom and for what", () => {
  const { status, stdout } = verify("good");
  expect(stdout).toContain(`valid until ${new Date(claims.exp * 1000).toISOString()}`);
  expect(stdout).toContain("Drafter, Pro, for Acme");
  expect(status).toBe(0);
});

test.each([
  ["an expired file", "old", [], "has expired"],
  ["a file bound to a machine that is not named", "bound", [], "Pass that machine's --fingerprint"],
  [
    "another machine's file",
    "bound",
    ["--fingerprint", "linux:0000000000000000"],
    "another machine",
  ],
  ["an encrypted file without its key", "sealed", [], "Pass --license-key-file"],
  ["a file of somebody else's key", "forged", [], "not signed by any of these keys"],
  ["another product's file", "good", ["--product", "another"], "another product"],
])("refuses %s and says what to do", (_title, name, options, words) => {
  const { status, stdout } = verify(name, ...options);
  expect(stdout).toContain(words);
  expect(status).toBe(1);
});

test("opens a bound file for its machine and an encrypted one with its key", () => {
  expect(verify("bound", "--fingerprint", fingerprint).status).toBe(0);
  expect(verify("sealed", "--license-key-file", inFolder("license-key")).status).toBe(0);
});

test("prints the verdict as JSON for programs", () => {
  const { stdout } = verify("old", "--json");
  expect(JSON.parse(stdout)).toMatchObject({
    valid: false,
    reason: "expired",
    claims: { organization: claims.organization, exp: nowSeconds - 1 },
  });
});

test.each([
  ["a missing file", ["nowhere", "--keys", "keys.json"], "The license file cannot be read"],
  ["no keys", ["good"], "--keys is missing"],
  ["keys that are none", ["good", "--keys", "good"], "--keys must name a JWK set"],
  ["an option that it does not know", ["good", "--force"], "--force"],
  ["nothing at all", [], "Usage: latchkey license verify"],
])("with %s ends as called wrongly, and says what to pass", (_title, args, words) => {
  const command = args.length === 0 ? [] : ["license", "verify", ...args];
  const { status, stderr } = spawnSync(process.execPath, [main, ...command], {
    encoding: "utf8",
    cwd: folder,
  });
  expect(stderr).toContain(words);
  expect(stderr).not.toContain("    at ");
  expect(status).toBe(2);
});

test("on an older Node says in one line which it needs, and judges nothing", () => {
  const older = 'Object.defineProperty(process, "versions", { value: { node: "20.20.2" } })';
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", `data:text/javascript,${encodeURIComponent(older)}`, main, "license", "verify"],
    { encoding: "utf8" },
  );
  expect(stderr).toMatch(/^latchkey needs Node 24 or newer, and this is Node 20\.20\.2: .*\n$/);
  expect(stdout).toBe("");
  expect(status).toBe(2);
});
