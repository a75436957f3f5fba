import fc from "fast-check";
import type { Arbitrary } from "fast-check";
import { z } from "zod";

/** The part of JSON Schema that zod writes for our inputs. */
interface Schema {
  readonly type?: string | undefined;
  readonly const?: unknown;
  readonly enum?: readonly unknown[] | undefined;
  readonly anyOf?: readonly Schema[] | undefined;
  readonly properties?: Readonly<Record<string, Schema>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly propertyNames?: Schema | undefined;
  readonly additionalProperties?: Schema | boolean | undefined;
  readonly items?: Schema | undefined;
  readonly format?: string | undefined;
  readonly pattern?: string | undefined;
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly maxItems?: number | undefined;
}

const Schema: z.ZodType<Schema> = z.lazy(() =>
  z.looseObject({
    type: z.string().optional(),
    enum: z.array(z.unknown()).optional(),
    anyOf: z.array(Schema).optional(),
    properties: z.record(z.string(), Schema).optional(),
    required: z.array(z.string()).optional(),
    propertyNames: Schema.optional(),
    additionalProperties: z.union([z.boolean(), Schema]).optional(),
    items: Schema.optional(),
    format: z.string().optional(),
    pattern: z.string().optional(),
    minLength: z.number().optional(),
    maxLength: z.number().optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    maxItems: z.number().optional(),
  }),
);

const textOf = ({ format, pattern, minLength = 0, maxLength = 300 }: Schema) => {
  if (format === "uuid") return fc.uuid();
  if (format === "email") return fc.emailAddress();
  if (format === "uri") return fc.webUrl();
  if (format === "date-time") {
    return fc
      .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
      .map((date) => date.toISOString());
  }
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern, "u"));
  const unit = fc.oneof(fc.constant("grapheme" as const), fc.constant("binary" as const));
  return unit.chain((chosen) =>
    fc.string({ unit: chosen, minLength, maxLength: Math.min(maxLength, 300) }),
  );
};

/** Values that a schema takes, or nearly: what it cannot say, such as a refinement, is not followed. */
const fitting = (schema: Schema): Arbitrary<unknown> => {
  if ("const" in schema && schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(fitting));
  const { minimum = -1e9, maximum = 1e9 } = schema;
  switch (schema.type) {
    case "string":
      return textOf(schema);
    case "integer":
      return fc.integer({ min: Math.max(minimum, -1e9), max: Math.min(maximum, 1e9) });
    case "number":
      return fc.double();
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array":
      return fc.array(fitting(schema.items ?? {}), {
        maxLength: Math.min(schema.maxItems ?? 5, 5),
      });
    case "object": {
      if (schema.properties === undefined) {
        const { additionalProperties: values, propertyNames } = schema;
        const inner = typeof values === "object" ? fitting(values) : fc.jsonValue();
        const names = propertyNames ? textOf(propertyNames) : fc.string();
        return fc.dictionary(names, inner, { maxKeys: 5 });
      }
      const fields = Object.entries(schema.properties);
      const arbitraries = Object.fromEntries(fields.map(([name, field]) => [name, fitting(field)]));
      return fc.record(arbitraries, { requiredKeys: [...(schema.required ?? [])] });
    }
    default:
      return fc.jsonValue();
  }
};

const hostile = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>("\0", "\ud800", "", " ", -1, 1e308, 2 ** 53, {}, [], null, "__proto__"),
  fc.string({ unit: "binary", maxLength: 50 }),
);

/** Fields by name, as `known` has them from the running server: without those few calls get past look-ups. */
export type Known = Readonly<Record<string, readonly unknown[]>>;

/**
 * Inputs for a procedure: those that fit its schema, with true ids and keys put in where `known` has
 * them; the same with a field broken, dropped or added; and any JSON at all.
 */
export const inputsOf = (input: z.ZodType, known: Known): Arbitrary<unknown> => {
  const schema = Schema.parse(z.toJSONSchema(input, { io: "input" }));
  const names = Object.keys(schema.properties ?? {});
  const truth = fc.record(
    Object.fromEntries(
      names
        .filter((name) => known[name] !== undefined)
        .map((name) => [name, fc.constantFrom(...(known[name] ?? []))]),
    ),
    { requiredKeys: [] },
  );
  const right = fc
    .tuple(fitting(schema), truth)
    .map(([fields, values]) => ({ ...z.record(z.string(), z.unknown()).parse(fields), ...values }));
  const name = fc.oneof(fc.constantFrom("id", ...names), fc.string());
  const broken = fc
    .tuple(right, name, hostile)
    .map(([fields, field, value]) => ({ ...fields, [field]: value }));
  return fc.oneof({ weight: 4, arbitrary: right }, { weight: 4, arbitrary: broken }, hostile);
};
