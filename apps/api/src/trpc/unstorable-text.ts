import type { InputIssue } from "@latchkey/contracts";

interface Step {
  readonly value: unknown;
  readonly key: string | number | null;
  readonly parent: Step | null;
}

/** Enough to see what is wrong, and no more work than that for whoever sends a million. */
const maxIssues = 20;
const maxPathSteps = 32;

/** The path from the input to the step, cut where nobody reads on. */
const pathTo = (step: Step): InputIssue["path"] => {
  const steps: InputIssue["path"] = [];
  for (let at: Step | null = step; at?.key != null; at = at.parent) {
    steps.push(typeof at.key === "string" ? at.key.replaceAll("\0", "\\0").toWellFormed() : at.key);
  }
  return steps.toReversed().slice(0, maxPathSteps);
};

const stepsInto = (value: object, parent: Step): Step[] =>
  Array.isArray(value)
    ? value.map((inner: unknown, index) => ({ value: inner, key: index, parent }))
    : Object.entries(value).map(([key, inner]) => ({ value: inner as unknown, key, parent }));

/** What PostgreSQL refuses in text or jsonb, or null. */
const faultOf = (text: string): string | null => {
  if (text.includes("\0")) return "must not contain a NUL character";
  return text.isWellFormed() ? null : "must be well-formed Unicode: half of a pair is missing";
};

/** JSON may carry this key like any other, and zod passes over it, as if the field had not been sent. */
const unseenKey = "__proto__";

/**
 * Finds the strings of a JSON value that PostgreSQL cannot hold, keys included: those with a NUL or
 * with half a surrogate pair. Finds as well the key that no schema refuses. Walks with a list of its
 * own, since an input may be nested deeper than the stack.
 */
export const findUnstorableText = (input: unknown): InputIssue[] => {
  const issues: InputIssue[] = [];
  const waiting: Step[] = [{ value: input, key: null, parent: null }];
  for (let step = waiting.pop(); step && issues.length < maxIssues; step = waiting.pop()) {
    const { value, key } = step;
    const texts = [key, value].filter((part) => typeof part === "string");
    const message =
      key === unseenKey
        ? "is no name of a field"
        : texts.map(faultOf).find((fault) => fault !== null);
    if (message !== undefined && message !== null) issues.push({ path: pathTo(step), message });
    if (typeof value === "object" && value !== null) {
      for (const inner of stepsInto(value, step)) waiting.push(inner);
    }
  }
  return issues;
};
