/**
 * Loaded before the API and the worker of a house by `--import`. It sets the process' clock wrong by
 * CLOCK_AHEAD_SECONDS, as a machine without NTP has it: what tells the time of day is off, what measures
 * time passed (performance.now, timers) is right. And it ends the process when the house dies without
 * having stopped it.
 */
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
