import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { LatchkeyStorage, StoredName } from "../storage.ts";

export interface FileStorageOptions {
  /** The app's own directory for its user; it is made (0700) when it is missing. */
  readonly directory: string;
  /** Such as Electron's `safeStorage.encryptString`; without it the files are plain text. */
  readonly encrypt?: (text: string) => Uint8Array | Promise<Uint8Array>;
  /** Such as `(bytes) => safeStorage.decryptString(Buffer.from(bytes))`. */
  readonly decrypt?: (bytes: Uint8Array) => string | Promise<string>;
}

/**
 * A storage of one file per name, mode 0600. A save writes a new file, flushes it to the disk and
 * renames it over the old one, so that a crash leaves one of the two and never half of either.
 */
export const createFileStorage = (options: FileStorageOptions): LatchkeyStorage => {
  const { directory } = options;
  const encrypt = options.encrypt ?? ((text: string) => Buffer.from(text, "utf8"));
  const decrypt = options.decrypt ?? ((bytes: Uint8Array) => Buffer.from(bytes).toString("utf8"));
  const pathOf = (name: StoredName): string => join(directory, `${name}.latchkey`);

  return {
    load: async (name) => {
      try {
        return await decrypt(await readFile(pathOf(name)));
      } catch (error) {
        if (hasCode(error, "ENOENT")) return null;
        throw error;
      }
    },
    save: async (name, text) => {
      const bytes = await encrypt(text);
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const fresh = join(directory, `.${name}.${randomUUID()}`);
      try {
        await writeFlushed(fresh, bytes);
        await rename(fresh, pathOf(name));
      } catch (error) {
        await rm(fresh, { force: true });
        throw error;
      }
      await flushDirectory(directory);
    },
  };
};

const writeFlushed = async (path: string, bytes: Uint8Array): Promise<void> => {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
};

/** Makes the rename last; Windows does that by itself and cannot open a directory. */
const flushDirectory = async (directory: string): Promise<void> => {
  if (process.platform === "win32") return;
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;
