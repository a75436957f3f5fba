import { openConnection } from "./connection.ts";
import type { Connection } from "./connection.ts";
import { percentile } from "./statistics.ts";

/** A fixed amount of requests, each with a body of its own. */
export interface Work {
  readonly url: string;
  readonly count: number;
  /** The path of the request of that number, where they differ; else that of `url`. */
  pathOf?(index: number): string;
  /** The JSON body of the request of that number, 0 to count - 1; asked for just before it is sent. */
  bodyOf(index: number): string;
  /** Whether the answer is what the measurement is about; anything else ends the run. */
  accepts(status: number, body: string, index: number): boolean;
}

export interface Timed {
  readonly count: number;
  readonly perSecond: number;
  /** Null where single requests were not timed. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

export interface LoadOptions {
  readonly connections: number;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number) => void;
}

const timeoutMs = 30_000;

/** The figures of requests that took `latenciesMs`, `elapsedMs` together. */
export const timed = (latenciesMs: readonly number[], elapsedMs: number): Timed => ({
  count: latenciesMs.length,
  perSecond: (latenciesMs.length / elapsedMs) * 1000,
  p50Ms: percentile(latenciesMs, 0.5),
  p99Ms: percentile(latenciesMs, 0.99),
});

/**
 * Sends the work over keep-alive connections, one request under way on each: the next leaves when the answer is there.
 * The time runs from the first connection to the last answer. Throws for any answer that the work does not accept, any
 * broken connection, 30 s without an answer, and the signal's reason once it is aborted.
 */
export const runLoad = async (
  { url, count, pathOf, bodyOf, accepts }: Work,
  { connections, signal, onProgress }: LoadOptions,
): Promise<Timed> => {
  signal.throwIfAborted();
  const target = new URL(url);
  const latenciesMs: number[] = [];
  const finished = Promise.withResolvers<void>();
  const open: Connection[] = [];
  let sent = 0;
  let endedMs = performance.now();
  const startedMs = endedMs;
  const abort = () => finished.reject(new Error("stopped"));
  signal.addEventListener("abort", abort, { once: true });
  const watch = setInterval(() => {
    if (performance.now() - endedMs < timeoutMs) return;
    finished.reject(new Error(`POST ${target.pathname}: no answer for ${timeoutMs / 1000} s.`));
  }, 1000);

  const work = (): void => {
    let index = -1;
    let sentMs = 0;
    const connection = openConnection(target, {
      onAnswer: ({ status, body, closes }) => {
        endedMs = performance.now();
        latenciesMs.push(endedMs - sentMs);
        if (!accepts(status, body, index)) {
          finished.reject(
            new Error(`POST ${target.pathname} answered ${status}: ${body.slice(0, 500)}`),
          );
        }
        onProgress(latenciesMs.length);
        if (latenciesMs.length === count) finished.resolve();
        else if (closes) finished.reject(new Error(`POST ${target.pathname}: the server hung up.`));
        else next();
      },
      onBroken: (cause) =>
        finished.reject(new Error(`POST ${target.pathname} got no answer`, { cause })),
    });
    const next = (): void => {
      if (sent >= count) return;
      index = sent;
      sent += 1;
      sentMs = performance.now();
      connection.post(pathOf?.(index) ?? target.pathname, bodyOf(index));
    };
    open.push(connection);
    next();
  };

  try {
    for (let number = 0; number < Math.min(connections, count); number += 1) work();
    await finished.promise;
  } finally {
    clearInterval(watch);
    signal.removeEventListener("abort", abort);
    for (const connection of open) connection.close();
  }
  signal.throwIfAborted();
  return timed(latenciesMs, endedMs - startedMs);
};
