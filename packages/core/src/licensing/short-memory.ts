/** Of each memory; the oldest goes first. */
const maxEntries = 20_000;

/** Values by key, each for `keptMs` since it was set; Infinity keeps it until newer ones need its place. */
export const createShortMemory = <Value>(keptMs: number) => {
  const entries = new Map<string, { readonly value: Value; readonly setAtMs: number }>();
  return {
    get: (key: string): Value | undefined => {
      const entry = entries.get(key);
      return entry && performance.now() - entry.setAtMs < keptMs ? entry.value : undefined;
    },
    set: (key: string, value: Value): void => {
      entries.delete(key);
      entries.set(key, { value, setAtMs: performance.now() });
      const nowMs = performance.now();
      for (const [oldest, { setAtMs }] of entries) {
        if (entries.size <= maxEntries && nowMs - setAtMs < keptMs) break;
        entries.delete(oldest);
      }
    },
    drop: (key: string): void => {
      entries.delete(key);
    },
    dropWhere: (matches: (value: Value) => boolean): void => {
      for (const [key, { value }] of entries) if (matches(value)) entries.delete(key);
    },
  };
};
