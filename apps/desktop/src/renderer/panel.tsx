import { useEffect, useId, useRef } from "react";
import type { ReactElement, ReactNode } from "react";
import type { Words } from "./state-words.ts";

/** What stands above the work while the app may not run: what is the case, and what to do now. */
export const Panel = ({
  words,
  children,
}: {
  readonly words: Words;
  readonly children: ReactNode;
}): ReactElement => {
  const headingId = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  // The way out is where the keyboard is, unless the person is in the middle of something.
  useEffect(() => {
    if (document.activeElement === document.body) heading.current?.focus();
  }, []);
  return (
    <section className="card section panel" aria-labelledby={headingId}>
      <h1 ref={heading} id={headingId} tabIndex={-1}>
        {words.headline}
      </h1>
      <p className="lead">{words.body}</p>
      {children}
    </section>
  );
};
