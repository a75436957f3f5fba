import type { ReactElement } from "react";

/** More marks than this are no longer counted by eye. */
const MOST_MARKS = 24;

/** How many seats are taken: one mark each, or a bar where there are many. The words beside it count. */
export const SeatStrip = ({
  used,
  max,
}: {
  readonly used: number;
  readonly max: number;
}): ReactElement =>
  max > MOST_MARKS ? (
    <progress className="seat-bar" value={used} max={max} aria-hidden="true" />
  ) : (
    <div className="seats" aria-hidden="true">
      {Array.from({ length: max }, (_, seat) => (
        <span key={seat} className={seat < used ? "seat-used" : ""} />
      ))}
    </div>
  );
