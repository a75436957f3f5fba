import { expect, test } from "vitest";
import { callerAddress, compileProxyTrust } from "./caller-address.ts";

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

test.each([
  [false, [false, false]],
  [true, [true, true]],
  [1, [true, false]],
  ["10.0.0.1, 192.0.2.0/24", [true, false]],
  ["loopback", [false, false]],
])("with trust proxy %s believes the proxies that it names", (setting, believed) => {
  const trust = compileProxyTrust(setting);
  expect([trust("10.0.0.1", 0), trust("203.0.113.9", 1)]).toEqual(believed);
});

test("refuses a list of proxies that is none", () => {
  expect(() => compileProxyTrust("10.0.0.1, nowhere")).toThrow(TypeError);
});
