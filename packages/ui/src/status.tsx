import type { ReactElement, ReactNode } from "react";

export type Tone = "good" | "notice" | "bad" | "idle";

/** One shape per tone, so that the state is told without its colour. */
const shapes: Record<Tone, ReactElement> = {
  good: <circle cx="6" cy="6" r="5" fill="currentColor" />,
  notice: <path d="M6 1 11.5 11H.5Z" fill="currentColor" />,
  bad: <rect x="1" y="1" width="10" height="10" rx="1" fill="currentColor" />,
  idle: <circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" strokeWidth="2" />,
};

/** A state: a shape, a colour and the word, which carries the meaning. */
export const Status = ({
  tone,
  children,
}: {
  readonly tone: Tone;
  readonly children: ReactNode;
}): ReactElement => (
  <span className={`status status-${tone}`}>
    <svg viewBox="0 0 12 12" aria-hidden="true">
      {shapes[tone]}
    </svg>
    {children}
  </span>
);
