import { describe, expect, test } from "vitest";
import { parts, readOptions } from "./options.ts";

describe("readOptions", () => {
  test("measures all parts unless told", () => {
    expect(readOptions([])).toMatchObject({ rounds: 8, connections: 64, only: [...parts] });
  });

  test("measures the parts that are named", () => {
    expect(readOptions(["--only", "storm, lease"]).only).toEqual(["storm", "lease"]);
  });

  test.each([
    { args: ["--only", "storms"], message: "not storms" },
    { args: ["--rounds", "0"], message: "--rounds must be a whole number from 1 to 100" },
    { args: ["--machines", "100"], message: "--machines must be a whole number from 128" },
    { args: ["--swift"], message: "--swift" },
    { args: ["billion"], message: "billion" },
  ])("refuses $args", ({ args, message }) => {
    expect(() => readOptions(args)).toThrow(message);
  });
});
