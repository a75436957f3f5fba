import type { ReactElement, ReactNode } from "react";

export interface Column<Row> {
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  /** "number" aligns to the end; "action" holds buttons. */
  readonly kind?: "text" | "number" | "action";
}

/**
 * A table that turns into labelled cards on a narrow screen. The roles are spelled out, because a
 * browser drops a table's own as soon as its rows are no longer laid out as rows.
 */
export const Table = <Row,>({
  caption,
  columns,
  rows,
  rowKey,
}: {
  /** Names the table for screen readers. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
}): ReactElement => (
  <table className="table" role="table">
    <caption className="visually-hidden">{caption}</caption>
    <thead role="rowgroup">
      <tr role="row">
        {columns.map(({ header, kind = "text" }) => (
          <th key={header} role="columnheader" scope="col" className={`cell-${kind}`}>
            {kind === "action" ? <span className="visually-hidden">{header}</span> : header}
          </th>
        ))}
      </tr>
    </thead>
    <tbody role="rowgroup">
      {rows.map((row) => (
        <tr key={rowKey(row)} role="row">
          {columns.map(({ header, cell, kind = "text" }) => (
            <td
              key={header}
              role="cell"
              className={`cell-${kind}`}
              data-label={kind === "action" ? "" : header}
            >
              <div>{cell(row)}</div>
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  </table>
);
