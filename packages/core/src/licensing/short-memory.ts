/** Of each memory; the oldest goes first. */
const maxEntries = 20_000;

/** How much of a memory a value takes, and how much fits; the newest value is kept, whatever it takes. */
export interface MemoryBound<Value> {
  readonly most: number;
  readonly sizeOf: (value: Value) => number;
}

/** Values by key, each for `keptMs` since it was set; Infinity keeps it until newer ones need its place. */
export const createShortMemory = <Value>(
  keptMs: number,
  { most, sizeOf }: MemoryBound<Value> = { most: maxEntries, sizeOf: () => 1 },
) => {
  const entries = new Map<string, { readonly value: Value; readonly setAtMs: number }>();
  let taken = 0;
  const drop = (key: string): void => {
    const entry = entries.get(key);
    if (!entry) return;
    entries.delete(key);
    taken -= sizeOf(entry.value);
  };
  return {
    get: (key: string): Value | undefined => {
      const entry = entries.get(key);
      return entry && performance.now() - entry.setAtMs < keptMs ? entry.value : undefined;
    },
    set: (key: string, value: Value): void => {
      const nowMs = performance.now();
      drop(key);
      entries.set(key, { value, setAtMs: nowMs });
      taken += sizeOf(value);
      for (const [oldest, { setAtMs }] of entries) {
        if (oldest === key || (taken <= most && nowMs - setAtMs < keptMs)) break;
        drop(oldest);
      }
    },
    drop,
    dropWhere: (matches: (value: Value) => boolean): void => {
      for (const [key, { value }] of entries) if (matches(value)) drop(key);
    },
  };
};
