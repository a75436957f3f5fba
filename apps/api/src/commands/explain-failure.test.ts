import { expect, test } from "vitest";
import { explainDatabaseFailure } from "./explain-failure.ts";

const url = "postgres://vendor:very-secret@db.example:5432/latchkey";

const failure = (code: string) =>
  new Error("Failed query", { cause: Object.assign(new Error(), { code }) });

test.each([
  ["ECONNREFUSED", "Nothing listens at db.example:5432"],
  ["ENOTFOUND", "no host db.example"],
  ["CONNECTION_CLOSED", "What listens at db.example:5432 hangs up"],
  ["28P01", "password of vendor"],
  ["3D000", "createdb latchkey"],
  ["42501", "vendor may not change the schema"],
  ["53100", "disk of PostgreSQL is full"],
])("says what %s means in one sentence without the password", (code, words) => {
  const sentence = explainDatabaseFailure(failure(code), url);
  expect(sentence).toContain(words);
  expect(sentence).toMatch(/^[^\n]+\.$/);
  expect(sentence).not.toContain("very-secret");
});

test("leaves other failures alone", () => {
  expect(explainDatabaseFailure(new Error("bug"), url)).toBeNull();
  expect(explainDatabaseFailure(failure("42P01"), url)).toBeNull();
});
