/** The row that a statement must have returned, or an Error: a lost row is a bug, no answer. */
export const only = <Row>([row]: readonly Row[]): Row => {
  if (row === undefined) throw new Error("PostgreSQL returned no row where one was written.");
  return row;
};
