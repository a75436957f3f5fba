/**
 * Lets calls that arrive together share one piece of work: here, one UPDATE for many heartbeats.
 *
 * States: **idle**, **gathering**, **working**. The first item of an idle group starts to gather; the
 * items of the same turn of the event loop join it, then the work starts. What arrives while work is
 * under way gathers until that work ends, or until the oldest item has waited `maxWaitMs`, or until
 * `maxItems` are together, whichever is first: a slow commit holds up nobody for longer. Several pieces of
 * work may so be under way at once, each with items of its own. Items with the same key are one.
 */
export interface GroupCommitOptions<Item, Result> {
  readonly maxWaitMs: number;
  readonly maxItems: number;
  /** Does the work of all items in one commit; a key that is missing from the answer had no effect. */
  readonly commit: (items: readonly Item[]) => Promise<ReadonlyMap<string, Result>>;
  readonly keyOf: (item: Item) => string;
  /** Told once a commit has ended, well or not. */
  readonly onCommitted?: (done: CommittedGroup) => void;
}

export interface CommittedGroup {
  readonly size: number;
  /** Of its oldest item, until the work began. */
  readonly waitSeconds: number;
  readonly commitSeconds: number;
}

interface Group<Item, Result> {
  readonly items: Map<string, Item>;
  readonly gatheredAtMs: number;
  readonly done: PromiseWithResolvers<ReadonlyMap<string, Result>>;
}

/** Answers the item's result, or null when the commit had none for it; rejects with the commit's error. */
export const createGroupCommit = <Item, Result>({
  maxWaitMs,
  maxItems,
  commit,
  keyOf,
  onCommitted,
}: GroupCommitOptions<Item, Result>) => {
  let gathering: Group<Item, Result> | null = null;
  let working = 0;

  const start = (group: Group<Item, Result>): void => {
    if (gathering !== group) return;
    gathering = null;
    working += 1;
    const startedMs = performance.now();
    void commit([...group.items.values()])
      .then(group.done.resolve, group.done.reject)
      .finally(() => {
        working -= 1;
        onCommitted?.({
          size: group.items.size,
          waitSeconds: (startedMs - group.gatheredAtMs) / 1000,
          commitSeconds: (performance.now() - startedMs) / 1000,
        });
        if (gathering) start(gathering);
      });
  };

  const gather = (): Group<Item, Result> => {
    const group: Group<Item, Result> = {
      items: new Map(),
      gatheredAtMs: performance.now(),
      done: Promise.withResolvers(),
    };
    gathering = group;
    if (working === 0) setImmediate(start, group);
    else setTimeout(start, maxWaitMs, group);
    return group;
  };

  return async (item: Item): Promise<Result | null> => {
    const group = gathering ?? gather();
    const key = keyOf(item);
    group.items.set(key, item);
    if (group.items.size >= maxItems) start(group);
    return (await group.done.promise).get(key) ?? null;
  };
};
