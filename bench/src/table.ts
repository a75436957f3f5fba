export interface Table {
  readonly headings: readonly string[];
  /** A row that is shorter says in its last cell why there is nothing to tell, across the columns. */
  readonly rows: readonly (readonly string[])[];
  /** So many columns are words, which stand to the left; all after them are numbers. */
  readonly wordColumns: number;
}

/** The table for a terminal, line by line. */
export const toTextLines = ({ headings, rows, wordColumns }: Table): string[] => {
  const all = [headings, ...rows];
  const whole = all.filter((row) => row.length === headings.length);
  const widths = headings.map((_, column) =>
    Math.max(...whole.map((row) => row[column]?.length ?? 0)),
  );
  const pad = (text: string, column: number): string => {
    const width = widths[column] ?? 0;
    return column < wordColumns ? text.padEnd(width) : text.padStart(width);
  };
  return all.map((row) => row.map(pad).join("  ").trimEnd());
};

/** The table in Markdown, line by line. */
export const toMarkdownLines = ({ headings, rows, wordColumns }: Table): string[] => {
  const line = (row: readonly string[]): string =>
    `| ${headings.map((_, column) => row[column] ?? "").join(" | ")} |`;
  const ruler = headings.map((_, column) => (column < wordColumns ? "---" : "--:"));
  return [headings, ruler, ...rows].map(line);
};
