import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fleetCommand } from "./fleet-command.ts";
import { readFleetArguments } from "./fleet-arguments.ts";

let folder: string;
let keyFile: string;
let emptyFile: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "latchkey-fleet-"));
  keyFile = path.join(folder, "keys");
  emptyFile = path.join(folder, "empty");
  writeFileSync(keyFile, "KEY-ONE\n\n  KEY-TWO  \nKEY-ONE\n");
  writeFileSync(emptyFile, "\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

test("reads times, percentages and keys as people write them", () => {
  const args = ["--for", "1.5m", "--churn", "12.5%", "--crash=0", "--key-file", keyFile];
  expect(
    readFleetArguments([...args, "--key", "KEY-THREE", "--host", "http://a:1/"]),
  ).toMatchObject({
    hosts: ["http://a:1"],
    keys: ["KEY-THREE", "KEY-ONE", "KEY-TWO"],
    shared: true,
    forMs: 90_000,
    behaviour: { churnPerMinute: 0.125, crashPerMinute: 0 },
  });
});

test("takes licenses for shared, unless they are bought or said to be the fleet's alone", () => {
  const sharedOf = (...args: string[]) => readFleetArguments(args)?.shared;
  expect(sharedOf("--key", "K")).toBe(true);
  expect(sharedOf("--key", "K", "--alone")).toBe(false);
  expect(sharedOf("--licenses", "2")).toBe(false);
});

test.each([
  ["an option that it does not know", ["--force"], "--force"],
  ["a word that is no option", ["now"], "now"],
  ["no machines", ["--machines", "0"], "--machines must be a whole number from 1"],
  [
    "a speed past the server's limits",
    ["--speed", "100"],
    "--speed must be a whole number from 1 to 90",
  ],
  ["a time without a unit", ["--for", "10"], "--for must be a time such as 90s"],
  ["a time of nothing", ["--for", "0s"], "--for must be a time such as 90s"],
  ["a share that is no number", ["--sleep", "often"], "--sleep must be a percentage"],
  ["a share that is negative", ["--partition=-1"], "--partition must be a percentage"],
  ["an address that is none", ["--host", "localhost:4700"], "--host must be an address"],
  [
    "keys and licenses to buy at once",
    ["--key", "K", "--licenses", "2"],
    "either license keys or --licenses",
  ],
  ["being alone on what is only to be bought", ["--alone"], "--alone is said of license keys"],
  [
    "a file of keys that is missing",
    ["--key-file", "/nowhere/keys"],
    "cannot be read: /nowhere/keys",
  ],
])("says what to pass instead of %s", (_title, args, words) => {
  expect(() => readFleetArguments(args)).toThrow(words);
});

test("refuses a file that holds no key, rather than to buy some", () => {
  expect(() => readFleetArguments(["--key-file", emptyFile])).toThrow("holds no license key");
});

test("says what to do where no server answers", async () => {
  await expect(fleetCommand(["--host", "http://127.0.0.1:9"])).rejects.toThrow(
    "No server answers at http://127.0.0.1:9. Start one (npm start), or pass its address with --host.",
  );
});
