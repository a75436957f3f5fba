import type { ReactElement, ReactNode } from "react";
import { Button } from "./button.tsx";
import type { Tone } from "./status.tsx";

/** A remark that stands in the page: what is the case, and what to do about it. */
export const Notice = ({
  tone = "idle",
  children,
  action,
}: {
  readonly tone?: Tone;
  readonly children: ReactNode;
  readonly action?: ReactNode;
}): ReactElement => (
  <div className={`notice notice-${tone}`} role="status">
    <div>{children}</div>
    {action}
  </div>
);

/** A failure in words a person can act on, with what support needs to find it. */
export const ErrorNotice = ({
  title,
  remedy,
  requestId = null,
  onRetry,
}: {
  readonly title: string;
  readonly remedy: string;
  readonly requestId?: string | null;
  readonly onRetry?: () => void;
}): ReactElement => (
  <div className="notice notice-bad" role="alert">
    <div>
      <strong>{title}</strong>
      <p>{remedy}</p>
      {requestId !== null && (
        <p className="small">
          Request <code>{requestId}</code>
        </p>
      )}
    </div>
    {onRetry && <Button onClick={onRetry}>Try again</Button>}
  </div>
);

/** What stands where a list is empty: what the thing is for, and the one way to get one. */
export const EmptyState = ({
  title,
  children,
  action,
}: {
  readonly title: string;
  readonly children: ReactNode;
  readonly action?: ReactNode;
}): ReactElement => (
  <div className="empty">
    <h3>{title}</h3>
    <p>{children}</p>
    {action}
  </div>
);

/** Holds the height of what is being fetched, so that nothing jumps when it arrives. */
export const Skeleton = ({ rows = 3 }: { readonly rows?: number }): ReactElement => (
  <div className="skeleton" role="status">
    <span className="visually-hidden" style={{ height: 1 }}>
      Loading
    </span>
    {Array.from({ length: rows }, (_, row) => (
      <span key={row} aria-hidden="true" />
    ))}
  </div>
);

/** The way to the next page of a list; nothing on the last one. */
export const LoadMore = ({
  more,
  busy,
  onLoad,
}: {
  readonly more: boolean;
  readonly busy: boolean;
  readonly onLoad: () => void;
}): ReactElement | null =>
  more ? (
    <div>
      <Button busy={busy} onClick={onLoad}>
        {busy ? "Loading…" : "Load more"}
      </Button>
    </div>
  ) : null;
