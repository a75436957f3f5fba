import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLicenseStorage } from "./license-storage.ts";

const keychain = (available: boolean, backend: "basic_text" | "gnome_libsecret") => ({
  isEncryptionAvailable: () => available,
  getSelectedStorageBackend: () => backend,
  encryptString: (text: string) =>
    Buffer.from(Buffer.from(text, "utf8").map((byte) => byte ^ 0xff)),
  decryptString: (bytes: Buffer) => Buffer.from(bytes.map((byte) => byte ^ 0xff)).toString("utf8"),
});
const strong = keychain(true, "gnome_libsecret");
const none = keychain(false, "gnome_libsecret");
const sham = keychain(true, "basic_text");

describe("the license's storage", () => {
  let directory = "";
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "latchkey-desktop-"));
  });
  afterEach(() => rm(directory, { recursive: true }));
  const stored = async () => (await readFile(join(directory, "license.latchkey"))).toString();

  it("encrypts by the keychain", async () => {
    const { storage, keptIn } = createLicenseStorage(directory, strong, "linux");
    expect(keptIn).toBe("keychain");
    await storage.save("license", "secret");
    expect(await stored()).not.toContain("secret");
    expect(await storage.load("license")).toBe("secret");
  });

  it.each([
    ["there is no keychain", none, "darwin"],
    ["the keychain's password is the same everywhere", sham, "linux"],
  ] as const)("says that it keeps plain text where %s", async (_where, weak, platform) => {
    const { storage, keptIn } = createLicenseStorage(directory, weak, platform);
    expect(keptIn).toBe("plain_file");
    await storage.save("license", "readable");
    expect(await stored()).toContain("readable");
    expect((await stat(join(directory, "license.latchkey"))).mode & 0o777).toBe(0o600);
  });

  it("reads with a keychain what was kept without one", async () => {
    await createLicenseStorage(directory, none, "linux").storage.save("license", "older");
    const { storage } = createLicenseStorage(directory, strong, "linux");
    expect(await storage.load("license")).toBe("older");
  });
});
