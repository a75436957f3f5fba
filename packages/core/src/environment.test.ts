import { inspect } from "node:util";
import { expect, test } from "vitest";
import { z } from "zod";
import { EnvironmentError, coreEnvironment, parseEnvironment } from "./environment.ts";

const schema = z.object(coreEnvironment);
const right = { LATCHKEY_SECRET: "x".repeat(32), LATCHKEY_PUBLIC_URL: "https://keys.example/" };

test("reads what every process is told, with a sandbox that logs for a default", () => {
  const { LATCHKEY_SECRET, ...rest } = parseEnvironment(schema, { ...right, LOG_LEVEL: "" });
  expect(LATCHKEY_SECRET.reveal()).toBe(right.LATCHKEY_SECRET);
  expect(rest).toEqual({
    LATCHKEY_MODE: "sandbox",
    LATCHKEY_PUBLIC_URL: "https://keys.example",
    LOG_LEVEL: "info",
  });
});

test("prints a secret as [redacted]", () => {
  const read = parseEnvironment(schema, right);
  const printed = `${inspect(read)}${JSON.stringify(read)}${read.LATCHKEY_SECRET.toString()}`;
  expect(printed.match(/\[redacted\]/g)).toHaveLength(3);
  expect(printed).not.toContain("xxxx");
});

test.each([
  ["one problem in one sentence", { LOG_LEVEL: "loud" }, /^LOG_LEVEL must be fatal[^\n]*\.$/],
  [
    "several problems in a line each",
    { LATCHKEY_MODE: "staging", LATCHKEY_SECRET: "tiny" },
    /^The environment is not right:\n {2}LATCHKEY_MODE must [^\n]*\n {2}LATCHKEY_SECRET must [^\n]*$/,
  ],
])("says %s, and never a value", (_title, change, says) => {
  const read = () => parseEnvironment(schema, { ...right, ...change });
  expect(read).toThrow(EnvironmentError);
  expect(read).toThrow(says);
  expect(read).not.toThrow(/loud|staging|tiny/);
});
