/**
 * The rhythm of the fleet: every session beats when it is due, whether or not the last ones were answered. What an
 * answer took counts from then, so that a stall of the server shows in every heartbeat that it held up.
 */
import { seatTiming } from "@latchkey/contracts";
import { openConnection } from "../connection.ts";
import type { Connection } from "../connection.ts";
import { leaseIn, nonceOf } from "../workloads.ts";
import { createWheel } from "./wheel.ts";

const intervalMs = seatTiming.heartbeatSeconds * 1000;
const jitter = 0.05;
/** A session whose heartbeat was not acknowledged tries again after this. */
const retryMs = 10_000;
const answerTimeoutMs = 30_000;
const reconnectMs = 100;
const connections = 256;
const path = "/api/v1/licenses/heartbeat";

/** The newest lease of each session, one after the other in memory that no garbage collector looks at. */
export interface Leases {
  readonly count: number;
  get(session: number): string;
  set(session: number, lease: string): void;
}

/** Room for leases of up to `bytesEach`. */
export const createLeases = (count: number, bytesEach: number): Leases => {
  const bytes = Buffer.allocUnsafeSlow(count * bytesEach);
  const lengths = new Uint16Array(count);
  return {
    count,
    get: (session) => {
      const from = session * bytesEach;
      return bytes.toString("latin1", from, from + (lengths[session] ?? 0));
    },
    set: (session, lease) => {
      if (lease.length > bytesEach) throw new RangeError(`A lease of ${lease.length} characters`);
      lengths[session] = bytes.write(lease, session * bytesEach, "latin1");
    },
  };
};

export interface Beaten {
  /** From when a heartbeat was due to its answer, in ascending order. */
  readonly latenciesMs: Float32Array;
  readonly due: number;
  readonly acknowledged: number;
  /** Sent, and no answer came: PostgreSQL may hold them or not. */
  readonly unanswered: number;
  /** What was not acknowledged, by what it was answered. */
  readonly failures: ReadonlyMap<string, number>;
  /** From the start to the last answer. */
  readonly elapsedSeconds: number;
}

export interface Beat {
  readonly apiUrl: string;
  readonly leases: Leases;
  /** Of each session, after the start. */
  readonly firstBeatMs: Float64Array;
  /** By this machine's clock. */
  readonly startsAtMs: number;
  readonly seconds: number;
  readonly signal: AbortSignal;
  readonly onProgress: (state: { due: number; acknowledged: number; waiting: number }) => void;
}

const codeIn = (body: string): string => /"code":"(\w+)"/.exec(body)?.[1] ?? "no code";

/** Lets all sessions beat for so many seconds, and waits for the last answers. */
export const beatHearts = async ({
  apiUrl,
  leases,
  firstBeatMs,
  startsAtMs,
  seconds,
  signal,
  onProgress,
}: Beat): Promise<Beaten> => {
  const { count } = leases;
  const url = new URL(apiUrl);
  const wheel = createWheel({ count, turnMs: Math.ceil(intervalMs * (1 + jitter)) + 1000 });
  const latencies: number[] = [];
  const failures = new Map<string, number>();
  const dueAtMs = new Float64Array(count);
  const idle: ((session: number) => void)[] = [];
  const open = new Set<Connection>();
  /** Due, and no connection was free: the oldest first, from `served` on. */
  let waiting: number[] = [];
  let served = 0;
  let due = 0;
  let acknowledged = 0;
  let unanswered = 0;
  let sent = 0;
  let underWay = 0;
  let closing = false;

  for (let session = 0; session < count; session += 1) {
    wheel.add(session, Math.max(0, firstBeatMs[session] ?? 0));
  }
  const epochMs = performance.now() + (startsAtMs - Date.now());
  const nowMs = (): number => performance.now() - epochMs;

  const failed = (session: number, why: string): void => {
    failures.set(why, (failures.get(why) ?? 0) + 1);
    wheel.add(session, nowMs() + retryMs);
  };

  const connect = (): void => {
    if (closing) return;
    let session = -1;
    const connection = openConnection(url, {
      onAnswer: ({ status, body }) => {
        clearTimeout(timer);
        underWay -= 1;
        const lease = status === 200 ? leaseIn(body) : undefined;
        const dueMs = dueAtMs[session] ?? 0;
        latencies.push(nowMs() - dueMs);
        if (lease === undefined) failed(session, `${status} ${codeIn(body)}`);
        else {
          acknowledged += 1;
          leases.set(session, lease);
          wheel.add(session, dueMs + intervalMs * (1 - jitter + 2 * jitter * Math.random()));
        }
        ready();
      },
      onBroken: (error) => {
        clearTimeout(timer);
        underWay -= 1;
        unanswered += 1;
        latencies.push(nowMs() - (dueAtMs[session] ?? 0));
        failed(session, error.message);
        replace();
      },
      onGone: () => {
        const place = idle.indexOf(send);
        if (place >= 0) idle.splice(place, 1);
        replace();
      },
    });
    const replace = (): void => {
      open.delete(connection);
      if (!closing) setTimeout(connect, reconnectMs);
    };
    let timer: NodeJS.Timeout | undefined;
    const send = (member: number): void => {
      session = member;
      underWay += 1;
      timer = setTimeout(() => connection.close(), answerTimeoutMs);
      sent += 1;
      connection.post(path, `{"lease":"${leases.get(member)}","nonce":"${nonceOf(sent)}"}`);
    };
    const ready = (): void => {
      const member = waiting[served];
      if (member === undefined) {
        idle.push(send);
        return;
      }
      served += 1;
      if (served === waiting.length) [waiting, served] = [[], 0];
      send(member);
    };
    open.add(connection);
    ready();
  };
  for (let number = 0; number < connections; number += 1) connect();

  const fall = (session: number, atMs: number): void => {
    due += 1;
    dueAtMs[session] = atMs;
    const send = idle.pop();
    if (send) send(session);
    else waiting.push(session);
  };
  const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const progress = () => onProgress({ due, acknowledged, waiting: waiting.length - served });
  const endsMs = seconds * 1000;
  try {
    while (nowMs() < endsMs && !signal.aborted) {
      wheel.take(nowMs(), fall);
      progress();
      await sleep(1);
    }
    while ((underWay > 0 || waiting.length > served) && !signal.aborted) {
      progress();
      await sleep(10);
    }
  } finally {
    closing = true;
    for (const connection of open) connection.close();
  }
  signal.throwIfAborted();
  return {
    latenciesMs: Float32Array.from(latencies).sort(),
    due,
    acknowledged,
    unanswered,
    failures,
    elapsedSeconds: nowMs() / 1000,
  };
};
