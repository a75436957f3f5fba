import { createContext, useContext } from "react";
import type { ReactElement } from "react";
import { ErrorNotice } from "../feedback.tsx";
import type { Explain } from "./explain.ts";

const ExplainContext = createContext<Explain | null>(null);

/** Gives the app's own words for failures to every `Failure` below it. */
export const ExplainProvider = ExplainContext.Provider;

/** A failed call in the words of the app; nothing where none failed. */
export const Failure = ({
  error,
  onRetry,
}: {
  readonly error: unknown;
  readonly onRetry?: () => void;
}): ReactElement | null => {
  const explain = useContext(ExplainContext);
  if (explain === null) throw new Error("A failure needs an ExplainProvider above it.");
  if (error === null || error === undefined) return null;
  const { title, remedy, requestId } = explain(error);
  return (
    <ErrorNotice
      title={title}
      remedy={remedy}
      requestId={requestId}
      {...(onRetry && { onRetry })}
    />
  );
};
