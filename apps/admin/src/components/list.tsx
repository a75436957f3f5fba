import { EmptyState, LoadMore, Table, buttonClass } from "@latchkey/ui";
import type { Column } from "@latchkey/ui";
import type { ReactElement, ReactNode } from "react";
import { Link } from "react-router";

/** What a list needs of a query that comes in pages. */
interface Pages<Row> {
  readonly data: { readonly pages: readonly { readonly items: readonly Row[] }[] };
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly fetchNextPage: () => Promise<unknown>;
}

/** A list with its filters' way out: empty because nothing matches is not empty because there is nothing. */
export const List = <Row extends { readonly id: string }>({
  caption,
  columns,
  list,
  clearFilters,
  children,
}: {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly list: Pages<Row>;
  /** The address of the whole list while filters narrow it, else null. */
  readonly clearFilters: string | null;
  /** What the list is for, where it is empty. */
  readonly children: ReactNode;
}): ReactElement => {
  const rows = list.data.pages.flatMap(({ items }) => items);
  if (rows.length === 0 && clearFilters !== null) {
    return (
      <EmptyState
        title="No match for these filters"
        action={
          <Link className={buttonClass()} to={clearFilters}>
            Clear the filters
          </Link>
        }
      >
        There may be more without them.
      </EmptyState>
    );
  }
  if (rows.length === 0) return <EmptyState title="Nothing yet">{children}</EmptyState>;
  return (
    <>
      <div className="card card-table">
        <Table caption={caption} columns={columns} rows={rows} rowKey={({ id }) => id} />
      </div>
      <LoadMore
        more={list.hasNextPage}
        busy={list.isFetchingNextPage}
        onLoad={() => void list.fetchNextPage()}
      />
    </>
  );
};
