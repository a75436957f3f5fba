import { expect, test } from "vitest";
import { nextPath, withQuery } from "./address.ts";

test("an empty parameter is left out of the address", () => {
  expect(withQuery("/a", { q: "Acme & Co", status: undefined, to: "" })).toBe("/a?q=Acme+%26+Co");
  expect(withQuery("/a", {})).toBe("/a");
});

test.each([
  ["/plans?interval=year#pro", "/plans?interval=year#pro"],
  ["", "/"],
  ["plans", "/"],
  ["//evil.test/x", "/"],
  ["/\\evil.test", "/"],
  ["/\t/evil.test", "/"],
  ["https://evil.test", "/"],
  ["javascript:alert(1)", "/"],
])("going on to %j leads to %j", (next, path) => {
  expect(nextPath(new URLSearchParams({ next }))).toBe(path);
});
