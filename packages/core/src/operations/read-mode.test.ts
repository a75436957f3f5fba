import { expect, test } from "vitest";
import { readMode } from "./read-mode.ts";

test.each([
  ["sandbox", true],
  ["production", false],
] as const)("a server in %s mode calls itself a sandbox: %s", async (mode, sandbox) => {
  expect(await readMode({ settings: { mode } })()).toEqual({ sandbox });
});
