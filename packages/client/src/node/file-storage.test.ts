import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFileStorage } from "./file-storage.ts";

describe("file storage", () => {
  let directory = "";
  beforeEach(async () => {
    directory = join(await mkdtemp(join(tmpdir(), "latchkey-")), "made", "when-missing");
  });
  afterEach(() => rm(join(directory, "..", ".."), { recursive: true }));

  it("has nothing at first, and then what was saved last", async () => {
    const storage = createFileStorage({ directory });
    expect(await storage.load("license")).toBe(null);
    await storage.save("license", "one");
    await storage.save("license", "two, with ü");
    await storage.save("installation", "three");
    expect(await createFileStorage({ directory }).load("license")).toBe("two, with ü");
    expect(await storage.load("installation")).toBe("three");
  });

  it("keeps the files to their owner and leaves no traces of writing", async () => {
    const storage = createFileStorage({ directory });
    await storage.save("license", "text");
    expect(await readdir(directory)).toEqual(["license.latchkey"]);
    const { mode } = await stat(join(directory, "license.latchkey"));
    expect(mode & 0o777).toBe(0o600);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
  });

  it("survives many saves at once: what is there is whole", async () => {
    const storage = createFileStorage({ directory });
    const texts = Array.from({ length: 20 }, (_, index) => String(index).repeat(10_000));
    await Promise.all(texts.map((text) => storage.save("license", text)));
    expect(texts).toContain(await storage.load("license"));
    expect(await readdir(directory)).toEqual(["license.latchkey"]);
  });

  it("writes what the app's encryption makes of the text, and rejects what it cannot read", async () => {
    const flip = (bytes: Uint8Array) => bytes.map((byte) => byte ^ 0xff);
    const storage = createFileStorage({
      directory,
      encrypt: (text) => flip(Buffer.from(text)),
      decrypt: async (bytes) => {
        const text = Buffer.from(flip(bytes)).toString();
        if (!text.startsWith("{")) throw new Error("not ours");
        return text;
      },
    });
    await storage.save("license", '{"key":"LATCH"}');
    expect((await readFile(join(directory, "license.latchkey"))).toString()).not.toContain("LATCH");
    expect(await storage.load("license")).toBe('{"key":"LATCH"}');
    await writeFile(join(directory, "license.latchkey"), "damaged");
    await expect(storage.load("license")).rejects.toThrow("not ours");
  });

  it("rejects a save that cannot be made, and keeps what was there", async () => {
    const storage = createFileStorage({ directory });
    await storage.save("license", "old");
    const failing = createFileStorage({
      directory,
      encrypt: () => Promise.reject(new Error("the keychain is locked")),
    });
    await expect(failing.save("license", "new")).rejects.toThrow("locked");
    expect(await storage.load("license")).toBe("old");
  });
});
