/** How instants and spans are told. All pure: the moment and the place are given. */

/** The reader's language and time zone; empty is the system's. */
export interface Place {
  readonly locale?: string;
  readonly timeZone?: string;
}

/** A local clock time such as "14:32". `at` is ISO 8601. */
export const clockTime = (at: string, { locale, timeZone }: Place = {}): string =>
  new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", timeZone }).format(
    new Date(at),
  );

const HALF_DAY_MS = 12 * 60 * 60_000;

/** A clock time, with its date where that is not plain. `at` is ISO 8601. */
export const recentTime = (at: string, nowMs: number, place: Place = {}): string =>
  Math.abs(nowMs - Date.parse(at)) < HALF_DAY_MS
    ? clockTime(at, place)
    : `${calendarDate(at, place)}, ${clockTime(at, place)}`;

/** A local date such as "20 November 2026". `at` is ISO 8601. */
export const calendarDate = (at: string, { locale, timeZone }: Place = {}): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone }).format(new Date(at));

/** The same instant in UTC, for the tooltip. */
export const utcTime = (at: string): string => `${at.slice(0, 16).replace("T", " ")} UTC`;

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

export interface Countdown {
  readonly endsAt: string;
  readonly minutesLeft: number;
}

/**
 * "26 min"; in the last two minutes "1 min 5 s". The seconds come from this computer's clock, held inside the
 * minute that the client counted by the server's, so that a wrong clock shifts them by less than one.
 */
export const timeLeft = ({ endsAt, minutesLeft }: Countdown, nowMs: number): string => {
  if (minutesLeft > 2) return `${minutesLeft} min`;
  const leftMs = Date.parse(endsAt) - nowMs;
  const lowestMs = Math.max(0, (minutesLeft - 1) * MINUTE_MS);
  const heldMs = Math.min(Math.max(leftMs, lowestMs), minutesLeft * MINUTE_MS);
  const seconds = Math.ceil(heldMs / SECOND_MS);
  const [minutes, rest] = [Math.trunc(seconds / 60), seconds % 60];
  return [minutes > 0 && `${minutes} min`, (rest > 0 || minutes === 0) && `${rest} s`]
    .filter(Boolean)
    .join(" ");
};
