import { expect, test } from "vitest";
import { parseSettings } from "./settings.ts";

const good = {
  appName: "Latch",
  keyPrefix: "LATCH",
  host: "https://license.example.com/",
  product: "0190b8a0-0000-7000-8000-000000000001",
  publicKeys: { keys: [{ kty: "OKP", crv: "Ed25519", kid: "k1", x: "AA" }] },
};

test("reads the vendor's settings, the host as a bare origin", () => {
  expect(parseSettings(good)).toEqual({ ...good, host: "https://license.example.com" });
});

test("takes plain http for this computer alone", () => {
  expect(parseSettings({ ...good, host: "http://localhost:4700" }).host).toBe(
    "http://localhost:4700",
  );
  expect(() => parseSettings({ ...good, host: "http://license.example.com" })).toThrow(
    "host: must begin with https://",
  );
});

const wrong: [what: string, changes: object, says: string][] = [
  ["a host with a path", { host: "https://a.example/license" }, "host: must be an origin"],
  ["a host that is no address", { host: "license" }, "host: must be an address"],
  ["a missing product", { product: "" }, "product: must be the product's id"],
  ["no public keys", { publicKeys: { keys: [] } }, "/.well-known/jwks.json"],
  ["a prefix in lower case", { keyPrefix: "latch" }, "keyPrefix: must be 2 to 12"],
  ["an unknown setting", { hsot: 1 }, "hsot"],
];
test.each(wrong)("names %s", (_what, changes, says) => {
  expect(() => parseSettings({ ...good, ...changes })).toThrow(says);
});

test("names every problem at once", () => {
  expect(() => parseSettings({ ...good, product: "", keyPrefix: "" })).toThrow(
    /keyPrefix[^]*product/,
  );
});
