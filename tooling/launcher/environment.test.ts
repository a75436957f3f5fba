import * as fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { forgetEnvironment, readEnvironment, rememberEnvironment } from "./environment.ts";

let directory = "";
beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), "latchkey-environment-"));
});
afterEach(() => fs.rmSync(directory, { recursive: true, force: true }));

const given = { DATABASE_URL: "postgres://me:it's#1@127.0.0.1:1/x", LATCHKEY_SECRET: "s" };

test("another terminal reads what the applications were given, until they are stopped", () => {
  rememberEnvironment({ DATABASE_URL: "postgres://of-an-earlier-start" }, directory);
  rememberEnvironment(given, directory);
  expect(readEnvironment(directory)).toEqual(given);
  forgetEnvironment(directory);
  expect(readEnvironment(directory)).toEqual({});
  forgetEnvironment(directory);
});

test("nobody but the owner reads it, whatever the file before it allowed", () => {
  fs.writeFileSync(path.join(directory, "environment.json"), "{}", { mode: 0o644 });
  rememberEnvironment(given, directory);
  const [file = ""] = fs.readdirSync(directory);
  expect(fs.statSync(path.join(directory, file)).mode & 0o777).toBe(0o600);
});

test("a file that was cut off reads as nothing", () => {
  fs.writeFileSync(path.join(directory, "environment.json"), '{"DATABASE_URL": "postg');
  expect(readEnvironment(directory)).toEqual({});
});
