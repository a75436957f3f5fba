/**
 * The driver prepares the statements of the seat path, and PostgreSQL keeps the sixth plan of such a statement until
 * statistics are gathered. One that was made when the tables were nearly empty, as in the first minute of a new
 * database, would read them whole once they are not. These statements name rows by their keys, so that no plan but by
 * keys is ever right: with these settings no other is left to choose, but for a table without a key that fits.
 */
export const byKeysAlone = {
  enable_seqscan: "off",
  enable_hashjoin: "off",
  enable_mergejoin: "off",
} as const;
