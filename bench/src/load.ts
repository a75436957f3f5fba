import autocannon from "autocannon";
import { percentile } from "./statistics.ts";

/** A fixed amount of requests, each with a body of its own. */
export interface Work {
  readonly url: string;
  readonly count: number;
  /** The JSON body of the request of that number, 0 to count - 1; asked for just before it is sent. */
  bodyOf(index: number): string;
  /** Whether the answer is what the measurement is about; anything else ends the run. */
  accepts(status: number, body: string, index: number): boolean;
}

export interface Measured {
  readonly count: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface LoadOptions {
  readonly connections: number;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number) => void;
}

const timeoutSeconds = 30;

/**
 * Sends the work over keep-alive connections, one request under way on each: the next leaves when the answer is there.
 * The time runs from the first connection to the last answer. Throws for any answer that the work does not accept, any
 * broken connection, and the signal's reason once it is aborted.
 */
export const runLoad = async (
  { url, count, bodyOf, accepts }: Work,
  { connections, signal, onProgress }: LoadOptions,
): Promise<Measured> => {
  signal.throwIfAborted();
  const { pathname } = new URL(url);
  const latenciesMs: number[] = [];
  // autocannon gives every request a context of its own, which comes back with the answer.
  const indexes = new WeakMap<object, number>();
  let sent = 0;
  const faults: Error[] = [];
  const finished = Promise.withResolvers<void>();
  const startedMs = performance.now();
  let endedMs = startedMs;

  const options: autocannon.Options = {
    url,
    connections,
    amount: count,
    timeout: timeoutSeconds,
    // How often, in ms, it looks whether it is done.
    sampleInt: 50,
    requests: [
      {
        method: "POST",
        path: pathname,
        setupRequest: (request, context) => {
          const index = sent;
          sent += 1;
          indexes.set(context, index);
          const headers = { "content-type": "application/json" };
          return { ...request, headers, body: bodyOf(index) };
        },
        onResponse: (status, body, context) => {
          const index = indexes.get(context);
          if (index !== undefined && accepts(status, body, index)) return;
          fail(new Error(`POST ${pathname} answered ${status}: ${body.slice(0, 500)}`));
        },
      },
    ],
  };
  const instance = autocannon(options, (error: unknown) => {
    if (error instanceof Error) finished.reject(error);
    else finished.resolve();
  });
  const fail = (error: Error): void => {
    faults.push(error);
    instance.stop();
  };
  const abort = () => fail(new Error("stopped"));
  signal.addEventListener("abort", abort, { once: true });
  instance.on("response", (_client, _status, _bytes, latencyMs) => {
    endedMs = performance.now();
    latenciesMs.push(latencyMs);
    onProgress(latenciesMs.length);
  });
  instance.on("reqError", (error: unknown) =>
    fail(new Error(`POST ${pathname} got no answer`, { cause: error })),
  );

  await finished.promise;
  signal.removeEventListener("abort", abort);
  signal.throwIfAborted();
  const [fault] = faults;
  if (fault !== undefined) throw fault;
  if (latenciesMs.length !== count) {
    throw new Error(`POST ${pathname}: ${latenciesMs.length} answers to ${count} requests.`);
  }
  return {
    count,
    perSecond: (count / (endedMs - startedMs)) * 1000,
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
  };
};
