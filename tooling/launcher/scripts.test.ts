import { spawn } from "node:child_process";
import * as fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { root } from "./paths.ts";

const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8")));

/** Runs until a signal, and says which. */
const standIn = `
  setTimeout(() => process.exit(1), 5_000);
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, () => { console.log(signal); process.exit(0); });
  }
  console.log("runs");
`;

let directory = "";
beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), "latchkey-scripts-"));
});
afterEach(() => fs.rmSync(directory, { recursive: true, force: true }));

const signals = process.platform === "win32" ? [] : (["SIGINT", "SIGTERM"] as const);

test.each(
  ["start", "test", "bench", "faults"].flatMap((name) =>
    signals.map((signal) => ({ name, signal })),
  ),
)("npm run $name hands on a $signal that reaches npm alone", async ({ name, signal }) => {
  const script = scripts[name] ?? "";
  const file = path.join(directory, script.split(" ").at(-1) ?? "");
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, standIn);
  fs.writeFileSync(path.join(directory, "package.json"), JSON.stringify({ scripts }));
  const npm = spawn("npm", ["run", "--silent", name], {
    cwd: directory,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  for await (const line of createInterface({ input: npm.stdout })) {
    lines.push(line);
    if (line === "runs") npm.kill(signal);
  }
  expect(lines).toEqual(["runs", signal]);
});
