const words = (count: number, unit: "second" | "minute"): string =>
  new Intl.NumberFormat("en", { style: "unit", unit, unitDisplay: "long" }).format(count);

/** How long to wait, as a sentence; in whole minutes from two on, rounded up so that nobody comes too early. */
export const tryAgainIn = (seconds: number): string =>
  seconds < 120
    ? `Try again in ${words(Math.ceil(seconds), "second")}.`
    : `Try again in ${words(Math.ceil(seconds / 60), "minute")}.`;
