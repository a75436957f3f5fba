/** What is kept between runs: the license with its lease, and the id of this installation. */
export type StoredName = "license" | "installation";

/**
 * Where an app keeps what must outlive it. A `save` should be whole or not at all. Both may reject:
 * the client works on without what it could not read or write.
 */
export interface LatchkeyStorage {
  /** Null when nothing was saved. */
  load(name: StoredName): Promise<string | null>;
  save(name: StoredName, text: string): Promise<void>;
}

/** A storage that forgets everything at the end of the process. */
export const memoryStorage = (): LatchkeyStorage => {
  const texts = new Map<StoredName, string>();
  return {
    load: async (name) => texts.get(name) ?? null,
    save: async (name, text) => {
      texts.set(name, text);
    },
  };
};
