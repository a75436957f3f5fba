import type { InputIssue } from "@latchkey/contracts";

interface Step {
  readonly value: unknown;
  readonly key: string | number | null;
  readonly parent: Step | null;
}

/** Enough to see what is wrong, and no more work than that for whoever sends a million. */
const maxIssues = 20;

const pathTo = (step: Step): InputIssue["path"] => {
  const path: InputIssue["path"] = [];
  for (let at: Step | null = step; at?.key != null; at = at.parent) {
    path.unshift(typeof at.key === "string" ? at.key.replaceAll("\0", "\\0") : at.key);
  }
  return path;
};

const stepsInto = (value: object, parent: Step): Step[] =>
  Array.isArray(value)
    ? value.map((inner: unknown, index) => ({ value: inner, key: index, parent }))
    : Object.entries(value).map(([key, inner]) => ({ value: inner as unknown, key, parent }));

/**
 * Finds the strings with a NUL in a JSON value, keys included: PostgreSQL's text refuses it. Walks
 * with a list of its own, since an input may be nested deeper than the stack.
 */
export const findNulCharacters = (input: unknown): InputIssue[] => {
  const issues: InputIssue[] = [];
  const waiting: Step[] = [{ value: input, key: null, parent: null }];
  for (let step = waiting.pop(); step && issues.length < maxIssues; step = waiting.pop()) {
    const { value, key } = step;
    const inKey = typeof key === "string" && key.includes("\0");
    if (inKey || (typeof value === "string" && value.includes("\0"))) {
      issues.push({ path: pathTo(step), message: "must not contain a NUL character" });
    }
    if (typeof value === "object" && value !== null) {
      for (const inner of stepsInto(value, step)) waiting.push(inner);
    }
  }
  return issues;
};
