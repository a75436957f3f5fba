import { expect, test } from "vitest";
import { callerAddress } from "./caller-address.ts";

test.each([
  ["203.0.113.9", "203.0.113.9"],
  ["::ffff:203.0.113.9", "203.0.113.9"],
  ["::FFFF:203.0.113.9", "203.0.113.9"],
  ["2001:db8::1", "2001:db8::1"],
  ["::ffff:cb00:7109", "::ffff:cb00:7109"],
])("writes a caller from %s as %s", (ip, address) => {
  expect(callerAddress({ ip })).toBe(address);
});

test("knows no address once the connection is gone", () => {
  expect(callerAddress({ ip: undefined })).toBeNull();
});
