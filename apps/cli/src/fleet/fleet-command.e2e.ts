import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { text } from "node:stream/consumers";
import { startHouse } from "@latchkey/testing/running-house";
import type { RunningHouse } from "@latchkey/testing/running-house";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { startForgetfulProxy } from "../../test/forgetful-proxy.ts";

const main = path.resolve(import.meta.dirname, "../main.ts");
const Printed = z.object({
  ok: z.boolean(),
  interrupted: z.boolean(),
  violations: z.array(z.object({ kind: z.string(), detail: z.string() })),
  unproved: z.array(z.string()),
  figures: z.object({ licenses: z.number(), probed: z.number(), leasesVerified: z.number() }),
});

let house: RunningHouse;
beforeAll(async () => {
  house = await startHouse();
});
afterAll(() => house.stop());

const latchkeyFleet = (
  args: readonly string[],
  { host = house.url, env = {} }: { host?: string; env?: Readonly<Record<string, string>> } = {},
) => {
  const child = spawn(process.execPath, [main, "fleet", "--host", host, ...args], {
    env: { ...process.env, LATCHKEY_STAFF_PASSWORD: "", ...env },
  });
  const ended = (async () => {
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    if (child.exitCode === null) await once(child, "exit");
    return { stdout, stderr, code: child.exitCode };
  })();
  return { child, ended };
};

// Concurrent, since a fleet waits nearly all of its time.
test.concurrent(
  "buys licenses in a sandbox, runs a fleet, and prints its verdict alone as JSON",
  async () => {
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
      { env: { LATCHKEY_STAFF_EMAIL: staff.email, LATCHKEY_STAFF_PASSWORD: staff.password } },
    ).ended;
    expect(Printed.parse(JSON.parse(stdout))).toMatchObject({
      ok: true,
      interrupted: false,
      figures: { licenses: 2, probed: 2 },
    });
    expect(code).toBe(0);
  },
);

test.concurrent(
  "ends early and in order at Ctrl-C, with the verdict as its last line",
  async () => {
    const licenseKey = await house.buy(await house.person(), "starter");
    const { child, ended } = latchkeyFleet([
      "--key",
      licenseKey,
      "--machines",
      "4",
      "--for",
      "10m",
    ]);
    child.stdout.on("data", (chunk: Buffer) => {
      if (chunk.toString().includes("left |")) child.kill("SIGINT");
    });
    const { stdout, code } = await ended;
    expect(stdout).toContain("4 machines on 1 license with 3 seats in all");
    expect(stdout).toContain("Ending early");
    expect(stdout.trimEnd().split("\n").at(-1)).toMatch(/^UPHELD: /);
    expect(code).toBe(0);
  },
);

test.concurrent(
  "accuses nobody where somebody outside the fleet holds a seat, and says what that leaves unproved",
  async () => {
    const licenseKey = await house.buy(await house.person(), "starter");
    const outsider = { licenseKey, fingerprint: "linux:outside-the-fleet-0001" };
    await house.call("/licenses/activate", { ...outsider, name: "Outside", platform: "linux" });
    await house.call("/licenses/acquire", outsider);
    const { stdout, code } = await latchkeyFleet([
      "--key",
      licenseKey,
      "--machines",
      "4",
      "--for",
      "5s",
      "--seed",
      "5",
    ]).ended;
    expect(stdout).toContain(
      "1 of 3 seats is held by somebody outside the fleet; releases are proved up to 2 seats",
    );
    expect(stdout.trimEnd().split("\n").at(-1)).toMatch(/^UPHELD: .* somebody outside the fleet/);
    expect(code).toBe(0);
  },
);

describe.concurrent("a server that acknowledges releases and forgets them", () => {
  const judgeThrough = async (...args: string[]) => {
    const licenseKey = await house.buy(await house.person(), "starter");
    const proxy = await startForgetfulProxy(house.url);
    const ended = await latchkeyFleet(
      ["--key", licenseKey, "--machines", "3", "--for", "4s", "--churn", "0", ...args],
      { host: proxy.url },
    ).ended;
    await proxy.stop();
    return ended;
  };

  test("ends the command with exit code 1 and what was violated as its last line", async () => {
    const { stdout, code } = await judgeThrough();
    expect(stdout).toContain("lost_release: A released session came back to life.");
    expect(stdout.trimEnd().split("\n").at(-1)).toMatch(/^VIOLATED: \d+ releases? lost; /);
    expect(code).toBe(1);
  });

  test("is found out by its seats as well where nobody else can hold them, and told as JSON", async () => {
    const { stdout, code } = await judgeThrough("--alone", "--json");
    const { ok, violations, unproved } = Printed.parse(JSON.parse(stdout));
    expect({ ok, unproved }).toEqual({ ok: false, unproved: [] });
    expect(new Set(violations.map(({ kind }) => kind))).toEqual(new Set(["lost_release"]));
    expect(violations.map(({ detail }) => detail).join(" ")).toContain("Everybody had quit");
    expect(code).toBe(1);
  });
});

test.each([
  ["no machines", ["--machines", "0"], "--machines must be a whole number"],
  ["an option that it does not know", ["--machine", "3"], "--machine"],
  ["no staff password to buy by", [], "set LATCHKEY_STAFF_PASSWORD"],
  ["a license key that is none", ["--key", "LATCH-OH-NO"], "cannot be used"],
])("with %s ends as called wrongly, and says what to do", async (_title, args, words) => {
  const { stderr, code } = await latchkeyFleet(args).ended;
  expect(stderr).toContain(words);
  expect(stderr).not.toContain("    at ");
  expect(code).toBe(2);
});
