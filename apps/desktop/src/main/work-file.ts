import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";

export interface WorkFile {
  /** Empty before anything was saved. Rejects when the file cannot be read. */
  read(): Promise<string>;
  /** Saves the newest text, whole or not at all; rejects when it cannot be written. */
  save(text: string): Promise<void>;
  /** Settles when all that was to be saved is on the disk, or cannot be. */
  settled(): Promise<void>;
}

/** The person's work in one file: saved with each change, so that a lapse finds nothing unsaved. */
export const createWorkFile = (path: string): WorkFile => {
  let last: Promise<void> = Promise.resolve();
  const write = async (text: string): Promise<void> => {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(`${path}.new`, "w", 0o600);
    try {
      await file.writeFile(text, "utf8");
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.new`, path);
  };
  return {
    read: async () => {
      try {
        return await readFile(path, "utf8");
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
        throw error;
      }
    },
    save: (text) => {
      const saving = last.then(() => write(text));
      last = saving.catch(() => {});
      return saving;
    },
    settled: () => last,
  };
};
