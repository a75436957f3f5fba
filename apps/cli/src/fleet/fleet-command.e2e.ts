import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { text } from "node:stream/consumers";
import { startHouse } from "@latchkey/testing/running-house";
import type { RunningHouse } from "@latchkey/testing/running-house";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";

const main = path.resolve(import.meta.dirname, "../main.ts");
const Printed = z.object({
  ok: z.boolean(),
  interrupted: z.boolean(),
  figures: z.object({ licenses: z.number(), probed: z.number(), leasesVerified: z.number() }),
});

let house: RunningHouse;
beforeAll(async () => {
  house = await startHouse();
});
afterAll(() => house.stop());

const latchkeyFleet = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const child = spawn(process.execPath, [main, "fleet", "--host", house.url, ...args], {
    env: { ...process.env, LATCHKEY_STAFF_PASSWORD: "", ...env },
  });
  const ended = (async () => {
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    if (child.exitCode === null) await once(child, "exit");
    return { stdout, stderr, code: child.exitCode };
  })();
  return { child, ended };
};

test("buys licenses in a sandbox, runs a fleet, and prints its verdict alone as JSON", async () => {
  const staff = await house.staff();
  const { stdout, code } = await latchkeyFleet(
    [
      "--licenses",
      "2",
      "--machines",
      "8",
      "--for",
      "8s",
      "--churn",
      "200",
      "--seed",
      "3",
      "--json",
    ],
    { LATCHKEY_STAFF_EMAIL: staff.email, LATCHKEY_STAFF_PASSWORD: staff.password },
  ).ended;
  expect(Printed.parse(JSON.parse(stdout))).toMatchObject({
    ok: true,
    interrupted: false,
    figures: { licenses: 2, probed: 2 },
  });
  expect(code).toBe(0);
});

test("ends early and in order at Ctrl-C, with the verdict as its last line", async () => {
  const licenseKey = await house.buy(await house.person(), "starter");
  const { child, ended } = latchkeyFleet(["--key", licenseKey, "--machines", "4", "--for", "10m"]);
  child.stdout.on("data", (chunk: Buffer) => {
    if (chunk.toString().includes("left |")) child.kill("SIGINT");
  });
  const { stdout, code } = await ended;
  expect(stdout).toContain("4 machines on 1 license with 3 seats in all");
  expect(stdout).toContain("Ending early");
  expect(stdout.trimEnd().split("\n").at(-1)).toMatch(/^UPHELD: /);
  expect(code).toBe(0);
});

test.each([
  ["no staff password to buy by", [], "set LATCHKEY_STAFF_PASSWORD"],
  ["a license key that is none", ["--key", "LATCH-OH-NO"], "cannot be used"],
])("with %s ends as called wrongly, and says what to do", async (_title, args, words) => {
  const { stderr, code } = await latchkeyFleet(args).ended;
  expect(stderr).toContain(words);
  expect(stderr).not.toContain("    at ");
  expect(code).toBe(2);
});
