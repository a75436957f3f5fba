/**
 * Judges calls on many licenses together, each license by one transaction of this process at a time.
 *
 * An item **waits**, is **judged together** with all that wait, whatever their license, or **in line**:
 * when another transaction has locked its license, it and what comes for that license wait for the lock by
 * themselves, so that one license holds up no other. A license that is being judged, or in line, is **busy**,
 * and its items wait: they share the next judgement. The first item of an idle process is joined by the
 * items of the same turn of the event loop; what arrives during a judgement waits until that ends, or for
 * `maxWaitMs`.
 */
export interface LicenseBatchesOptions<Item, Result> {
  readonly maxItems: number;
  readonly maxWaitMs: number;
  /** Judgements that may be under way at once, those in line aside, and those in line. */
  readonly maxTogether: number;
  readonly maxInLine: number;
  /** Asked before an item is judged: an answer known by now saves the judgement. */
  readonly recall: (item: Item) => Result | null;
  /** An item that is missing from the answer has its license locked by somebody else. */
  readonly judgeTogether: (items: readonly Item[]) => Promise<ReadonlyMap<Item, Result>>;
  /** Whether a failure of many may be the fault of one: they are then judged in line, each license by itself. */
  readonly mayBeOfOne: (error: unknown) => boolean;
  /** Waits for the license that all of the items are of. */
  readonly judgeInLine: (items: readonly Item[]) => Promise<ReadonlyMap<Item, Result>>;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly answer: PromiseWithResolvers<Result>;
}

/** Answers an item's judgement; rejects with the error of the judgement that it was part of. */
export const createLicenseBatches = <Item extends { readonly licenseId: string }, Result>({
  maxItems,
  maxWaitMs,
  maxTogether,
  maxInLine,
  recall,
  judgeTogether,
  mayBeOfOne,
  judgeInLine,
}: LicenseBatchesOptions<Item, Result>) => {
  type Entry = Waiting<Item, Result>;
  let waiting: Entry[] = [];
  const busy = new Set<string>();
  /** Of licenses that somebody else has locked, those that are not being judged yet. */
  const line = new Map<string, Entry[]>();
  let together = 0;
  let inLine = 0;
  let scheduled = false;

  /** Takes what waits and may be judged, answering what is known already. */
  const take = (isWanted: (licenseId: string) => boolean): Entry[] => {
    const taken: Entry[] = [];
    waiting = waiting.filter((entry) => {
      if (!isWanted(entry.item.licenseId) || taken.length === maxItems) return true;
      const known = recall(entry.item);
      if (known === null) taken.push(entry);
      else entry.answer.resolve(known);
      return false;
    });
    return taken;
  };

  /** Answers what was judged, and says what was not. */
  const answer = (entries: readonly Entry[], results: ReadonlyMap<Item, Result>): Entry[] =>
    entries.filter((entry) => {
      const result = results.get(entry.item);
      if (result !== undefined) entry.answer.resolve(result);
      return result === undefined;
    });

  const queue = (entry: Entry): void => {
    const { licenseId } = entry.item;
    const queued = line.get(licenseId);
    if (queued) queued.push(entry);
    else line.set(licenseId, [entry]);
  };

  const startTogether = async (): Promise<void> => {
    const entries = take((licenseId) => !busy.has(licenseId));
    if (entries.length === 0) return;
    const licenseIds = new Set(entries.map(({ item }) => item.licenseId));
    for (const licenseId of licenseIds) busy.add(licenseId);
    together += 1;
    try {
      const results = await judgeTogether(entries.map(({ item }) => item));
      for (const entry of answer(entries, results)) queue(entry);
    } catch (error) {
      for (const entry of entries) {
        if (mayBeOfOne(error)) queue(entry);
        else entry.answer.reject(error);
      }
    }
    together -= 1;
    for (const licenseId of licenseIds) if (!line.has(licenseId)) busy.delete(licenseId);
    start();
  };

  const startInLine = async (licenseId: string, queued: readonly Entry[]): Promise<void> => {
    line.delete(licenseId);
    const entries = [...queued, ...take((other) => other === licenseId)];
    inLine += 1;
    try {
      const results = await judgeInLine(entries.map(({ item }) => item));
      for (const entry of answer(entries, results)) {
        entry.answer.reject(new Error(`A claim on license ${licenseId} was not judged.`));
      }
    } catch (error) {
      for (const entry of entries) entry.answer.reject(error);
    }
    inLine -= 1;
    busy.delete(licenseId);
    start();
  };

  const start = (): void => {
    for (const [licenseId, queued] of line) {
      if (inLine === maxInLine) break;
      void startInLine(licenseId, queued);
    }
    if (together === 0) void startTogether();
    else if (waiting.length > 0) schedule();
  };

  const startMore = (): void => {
    if (together < maxTogether) void startTogether();
  };

  /** One turn or timer at a time, for all that wait by then: one for each item would cost more than it saves. */
  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    const soon = together === 0;
    const wake = (): void => {
      scheduled = false;
      if (soon) start();
      else startMore();
    };
    if (soon) setImmediate(wake);
    else setTimeout(wake, maxWaitMs);
  };

  return (item: Item): Promise<Result> => {
    const entry: Entry = { item, answer: Promise.withResolvers() };
    waiting.push(entry);
    schedule();
    return entry.answer.promise;
  };
};
