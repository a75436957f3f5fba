import { DrizzleQueryError } from "drizzle-orm";
import { expect, test } from "vitest";
import { describeError } from "./describe-error.ts";

const secrets = ["token-of-a-session", "two lines\n    at the end", Buffer.from("sealed")];
const unique = Object.assign(new Error("duplicate key"), { code: "23505" });
const failed = new DrizzleQueryError("insert into users values ($1, $2, $3)", secrets, unique);

test.each([
  ["itself", failed],
  ["as the cause of another", new Error("it failed", { cause: failed })],
])("a failed query tells what it was and none of its parameters, %s", (_case, error) => {
  const described = describeError(error);
  const logged = JSON.stringify(described);
  for (const secret of ["token-of-a-session", "two lines", "at the end", "sealed"]) {
    expect(logged).not.toContain(secret);
  }
  expect(described).toMatchObject({
    message: expect.stringContaining("insert into users values ($1, $2, $3): duplicate key"),
    stack: expect.stringMatching(/describe-error\.test\.ts[^]*caused by: Error: duplicate key/),
    code: "23505",
  });
});

test("whatever else is no secret of a query is told", () => {
  expect(describeError("gone")).toEqual({ type: "string", message: "gone", stack: "" });
  expect(describeError(new TypeError("no"))).toMatchObject({ type: "TypeError", message: "no" });
});

test("a chain of causes that bites its tail ends", () => {
  const one = new Error("one");
  const other = new Error("other", { cause: one });
  one.cause = other;
  expect(describeError(one).message).toBe("one: other");
});
