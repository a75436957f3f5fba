/**
 * The driver prepares the statements of the seat path, and PostgreSQL keeps the sixth plan of such a statement until
 * statistics are gathered. One that was made when the tables were nearly empty, as in the first minute of a new
 * database, would read them whole once they are not. These statements name rows by their keys, and with these settings
 * no table with a key is read whole. Which of its keys serves is left to PostgreSQL.
 */
export const byKeysAlone = {
  enable_seqscan: "off",
  enable_hashjoin: "off",
  enable_mergejoin: "off",
} as const;
