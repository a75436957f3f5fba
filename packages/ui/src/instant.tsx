import { createContext, useContext, useEffect, useState } from "react";
import type { ReactElement, ReactNode } from "react";

const MINUTE_MS = 60_000;

const steps = [
  { unit: "year", ms: 365 * 24 * 60 * MINUTE_MS },
  { unit: "month", ms: 30 * 24 * 60 * MINUTE_MS },
  { unit: "day", ms: 24 * 60 * MINUTE_MS },
  { unit: "hour", ms: 60 * MINUTE_MS },
  { unit: "minute", ms: MINUTE_MS },
] as const;

/** How far `at` lies from `nowMs`, in the largest unit that it fills: "in 14 days", "2 minutes ago", "now". */
export const relativeTime = (at: string, nowMs: number, locale = "en"): string => {
  const awayMs = Date.parse(at) - nowMs;
  const step = steps.find(({ ms }) => Math.abs(awayMs) >= ms);
  if (step === undefined) return "now";
  const words = new Intl.RelativeTimeFormat(locale, { numeric: "always" });
  return words.format(Math.round(awayMs / step.ms), step.unit);
};

/** An instant as a local date and time with its zone. */
export const absoluteTime = (at: string, locale?: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "long" }).format(new Date(at));

const ClockOffset = createContext(0);

/** Shifts what "now" means below it, in ms: a sandbox's clock may run ahead of this computer's. */
export const ClockOffsetProvider = ({
  offsetMs,
  children,
}: {
  readonly offsetMs: number;
  readonly children: ReactNode;
}): ReactElement => <ClockOffset value={offsetMs}>{children}</ClockOffset>;

/** An instant told by its distance from now, renewed as time passes; the title tells it whole. */
export const Instant = ({ at }: { readonly at: string }): ReactElement => {
  const offsetMs = useContext(ClockOffset);
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 15_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <time dateTime={at} title={absoluteTime(at)}>
      {relativeTime(at, nowMs + offsetMs)}
    </time>
  );
};

/** An instant told by its local date; the title has the time. */
export const CalendarDate = ({ at }: { readonly at: string }): ReactElement => (
  <time dateTime={at} title={absoluteTime(at)}>
    {new Intl.DateTimeFormat("en", { dateStyle: "long" }).format(new Date(at))}
  </time>
);
