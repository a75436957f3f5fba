import { expect, test } from "vitest";
import { fileTermOf } from "./license-file-rules.ts";

const now = new Date(100_900);
const at = (seconds: number): Date => new Date(seconds * 1000);

test.each([
  ["as long as asked for", null, { iat: 100, exp: 3700 }],
  ["no longer than the license", at(200), { iat: 100, exp: 200 }],
  ["not at all when the license ends within the second", at(100), null],
])("a license file is good %s", (_, licenseExpiresAt, expected) => {
  expect(fileTermOf({ now, ttlSeconds: 3600, licenseExpiresAt })).toEqual(expected);
});
