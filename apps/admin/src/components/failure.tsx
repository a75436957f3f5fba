import { ErrorNotice } from "@latchkey/ui";
import type { ReactElement } from "react";
import { explain } from "../api/explain.ts";

/** A failed call in words; nothing where none failed. */
export const Failure = ({
  error,
  onRetry,
}: {
  readonly error: unknown;
  readonly onRetry?: () => void;
}): ReactElement | null => {
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
