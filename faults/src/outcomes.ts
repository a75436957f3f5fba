/** What became of each fault over all repetitions, and the table of it. */
export interface Outcome {
  readonly fault: string;
  readonly seed: number;
  readonly verdict: "UPHELD" | "VIOLATED" | "NOT TRIED";
  readonly seconds: number;
}

const HEADINGS = ["verdict", "upheld", "seconds", "fault"] as const;

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

/** One line per fault in the order of the first repetition, with the seeds that broke it. */
export const tableOf = (outcomes: readonly Outcome[]): string => {
  const rows = [...Map.groupBy(outcomes, ({ fault }) => fault)].map(([fault, of]) => {
    const broken = of.filter(({ verdict }) => verdict === "VIOLATED").map(({ seed }) => seed);
    const upheld = of.filter(({ verdict }) => verdict === "UPHELD").length;
    return [
      broken.length > 0 ? "VIOLATED" : upheld > 0 ? "UPHELD" : "NOT TRIED",
      `${upheld} of ${of.length}`,
      median(of.map(({ seconds }) => seconds)).toFixed(1),
      broken.length === 0 ? fault : `${fault} (seeds ${broken.join(", ")})`,
    ];
  });
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  return [[...HEADINGS], ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
};
