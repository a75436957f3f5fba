/** A quantity over the rounds of a run. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The value at `fraction` (0 to 1) of values in ascending order, by the nearest rank; undefined for none. */
export const nearestRank = (ascending: ArrayLike<number>, fraction: number): number | undefined =>
  ascending[Math.max(1, Math.ceil(fraction * ascending.length)) - 1];

/** The value at `fraction` (0 to 1) by the nearest rank: always one that was measured. Throws for no values. */
export const percentile = (values: readonly number[], fraction: number): number => {
  const ascending = values.toSorted((one, other) => one - other);
  const value = nearestRank(ascending, fraction);
  if (value === undefined) throw new RangeError("There is no percentile of no values.");
  return value;
};

/** Median, the mean of the middle two for an even count, and both ends. Throws for no values. */
export const spreadOf = (values: readonly number[]): Spread => {
  const upper = percentile(values, 0.5 + 0.5 / values.length);
  return {
    median: (percentile(values, 0.5) + upper) / 2,
    min: Math.min(...values),
    max: Math.max(...values),
  };
};

/**
 * Quotients round by round: what both of a round share, such as a neighbour's load, cancels out, where a quotient of
 * two medians may divide a quiet round by a busy one. Throws RangeError for lists of different length.
 */
export const quotients = (dividends: readonly number[], divisors: readonly number[]): number[] => {
  if (dividends.length !== divisors.length) throw new RangeError("Every round needs both.");
  return dividends.map((dividend, round) => dividend / (divisors[round] ?? NaN));
};

/** The items, turned round in every other round, so that none always has the better place. */
export const inTurn = <Item>(items: readonly Item[], round: number): Item[] =>
  round % 2 === 0 ? [...items] : items.toReversed();
