import { expect, test } from "vitest";
import { findUnstorableText } from "./unstorable-text.ts";

test.each([
  ["a value", { name: "a\0" }, ["name"]],
  ["a key", { outer: { "k\0": 1 } }, ["outer", "k\\0"]],
  ["an element", { list: ["fine", "\0"] }, ["list", 1]],
  ["the input itself", "\0", []],
  ["half of a surrogate pair", { name: "\ud800" }, ["name"]],
])("names %s that PostgreSQL cannot hold", (_where, input, path) => {
  expect(findUnstorableText(input)).toMatchObject([{ path, message: expect.any(String) }]);
});

test.each([
  ["at the top", '{"name":"a","__proto__":{"admin":true}}', ["__proto__"]],
  ["inside", '{"components":{"__proto__":"x"}}', ["components", "__proto__"]],
])("names a key %s that the schemas do not see", (_where, json, path) => {
  expect(findUnstorableText(JSON.parse(json))).toMatchObject([
    { path, message: "is no name of a field" },
  ]);
});

test.each([null, undefined, 7, "fine", "🔑", { list: [{ ключ: "значення" }] }])(
  "has nothing against %j",
  (input) => {
    expect(findUnstorableText(input)).toEqual([]);
  },
);

test("goes deeper than the stack, and stops after twenty finds", () => {
  let deep: unknown = "\0";
  for (let depth = 0; depth < 200_000; depth += 1) deep = [deep];
  expect(findUnstorableText(deep)[0]?.path).toHaveLength(32);
  expect(findUnstorableText(Array(1000).fill("\0"))).toHaveLength(20);
});
