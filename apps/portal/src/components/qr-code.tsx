import type { ReactElement } from "react";
import { encode } from "uqr";

/** A QR code as one path, for a phone's camera; beside it stands the same in letters. */
export const QrCode = ({
  text,
  label,
}: {
  readonly text: string;
  readonly label: string;
}): ReactElement => {
  const { data, size } = encode(text, { border: 4 });
  const path = data
    .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")))
    .join("");
  return (
    <svg className="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label}>
      <path d={path} fill="#000" shapeRendering="crispEdges" />
    </svg>
  );
};
