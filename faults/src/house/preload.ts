/**
 * Loaded before the API and the worker of a house by `--import`.
 *
 * - It sets the process' clock wrong by CLOCK_AHEAD_SECONDS, as a machine without NTP has it: what tells the
 *   time of day is off, what measures time passed (performance.now, timers) is right.
 * - It sends connections to other ports by REDIRECTED_PORTS ("6379:20001,…"). The nodes of a Redis Cluster
 *   tell everybody where they are, so that a proxy before them cannot stand in a URL.
 * - It keeps compiled modules for the next start, of which a run has many; who is killed has no later moment
 *   to write them down.
 * - It ends the process when the house dies without having stopped it.
 */
import { enableCompileCache, flushCompileCache } from "node:module";
import { Socket } from "node:net";
import path from "node:path";

/** By then all is loaded; the timer keeps nobody alive. */
const LOADED_AFTER_MS = 3_000;

enableCompileCache(path.join(import.meta.dirname, "../../node_modules/.cache/compiled"));
setTimeout(flushCompileCache, LOADED_AFTER_MS).unref();

process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));

const aheadMs = Number(process.env["CLOCK_AHEAD_SECONDS"] ?? 0) * 1000;
const RightDate = Date;
const wrongNowMs = (): number => RightDate.now() + aheadMs;

if (aheadMs !== 0) {
  globalThis.Date = new Proxy(RightDate, {
    construct: (_target, values: [] | [number]) =>
      values.length === 0 ? new RightDate(wrongNowMs()) : new RightDate(...values),
    apply: () => new RightDate(wrongNowMs()).toString(),
    get: (target, name, receiver) => {
      const value: unknown = Reflect.get(target, name, receiver);
      return name === "now" ? wrongNowMs : value;
    },
  });
}

const redirected = new Map(
  (process.env["REDIRECTED_PORTS"] ?? "")
    .split(",")
    .filter((pair) => pair !== "")
    .map((pair) => pair.split(":").map(Number))
    .map(([from = 0, to = 0]) => [from, to]),
);

/** Of what `connect` was given: its options, or as Node itself calls it, options and callback in one list. */
const redirect = (given: unknown): void => {
  const options: unknown = Array.isArray(given) ? given[0] : given;
  if (typeof options !== "object" || options === null || !("port" in options)) return;
  options.port = redirected.get(Number(options.port)) ?? options.port;
};

if (redirected.size > 0) {
  Socket.prototype.connect = new Proxy(Socket.prototype.connect, {
    apply: (connect, socket, given: unknown[]) => {
      redirect(given[0]);
      return Reflect.apply(connect, socket, given) as unknown;
    },
  });
}
