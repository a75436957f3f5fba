/** A row that waits for the worker, and since when. */
export interface DueRow {
  readonly id: string;
  readonly dueAt: Date;
}

/** The comparison that finds the rows has already left out those without an instant. */
export const toDueRows = (
  rows: readonly { readonly id: string; readonly dueAt: Date | null }[],
): DueRow[] => rows.flatMap(({ id, dueAt }) => (dueAt === null ? [] : [{ id, dueAt }]));

/** The earliest of the instants there are, or null where there is none. */
export const earliest = (...instants: readonly (Date | null)[]): Date | null => {
  let first: Date | null = null;
  for (const instant of instants) {
    if (instant !== null && (first === null || instant < first)) first = instant;
  }
  return first;
};
