/**
 * Reading data from outside: each reader gives the value typed, or undefined when it is something
 * else. Fields that a newer server adds are ignored. By hand, because the few shapes of the seat
 * path would otherwise bring the whole contract with its schema library into the customer's app.
 */
export type Reader<Value> = (value: unknown) => Value | undefined;

export const asRecord = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : undefined;

export const asText: Reader<string> = (value) => (typeof value === "string" ? value : undefined);

/** A finite number. */
export const asNumber: Reader<number> = (value) =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;

export const asBoolean: Reader<boolean> = (value) =>
  typeof value === "boolean" ? value : undefined;

/** Null stays null; all else is read by `reader`. */
export const orNull =
  <Value>(reader: Reader<Value>): Reader<Value | null> =>
  (value) =>
    value === null ? null : reader(value);

/** An object of `reader`'s values under any names. */
export const asMap =
  <Value>(reader: Reader<Value>): Reader<Readonly<Record<string, Value>>> =>
  (value) => {
    const record = asRecord(value);
    if (record === undefined) return undefined;
    const entries: [string, Value][] = [];
    for (const [name, field] of Object.entries(record)) {
      const read = reader(field);
      if (read === undefined) return undefined;
      entries.push([name, read]);
    }
    return Object.fromEntries(entries);
  };

/** An array of `reader`'s values. */
export const asList =
  <Value>(reader: Reader<Value>): Reader<readonly Value[]> =>
  (value) => {
    if (!Array.isArray(value)) return undefined;
    const items = value.map((item: unknown) => reader(item));
    return items.every((item) => item !== undefined) ? items : undefined;
  };

/** An object with at least these fields. */
export const asObject =
  <Fields extends Readonly<Record<string, unknown>>>(readers: {
    readonly [Name in keyof Fields]: Reader<Fields[Name]>;
  }): Reader<Fields> =>
  (value) => {
    const record = asRecord(value);
    if (record === undefined) return undefined;
    const isWhole = (fields: Partial<Fields>): fields is Fields =>
      Object.keys(readers).every((name) => fields[name] !== undefined);
    const fields: Partial<Fields> = {};
    for (const name in readers) fields[name] = readers[name](record[name]);
    return isWhole(fields) ? fields : undefined;
  };
