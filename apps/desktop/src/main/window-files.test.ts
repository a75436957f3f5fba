import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isOnOrigin } from "./trusted-origin.ts";
import { answerFrom } from "./window-files.ts";

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "latchkey-files-"));
  await mkdir(join(directory, "window", "assets"), { recursive: true });
  await writeFile(join(directory, "secret.js"), "secret");
  await writeFile(join(directory, "window", "index.html"), "<p>window</p>");
  await writeFile(join(directory, "window", "assets", "index-a1.js"), "run()");
});
afterAll(() => rm(directory, { recursive: true }));
const get = (url: string, method = "GET") => answerFrom(join(directory, "window"))({ url, method });

test("serves the window under a policy that lets it connect nowhere", async () => {
  const answer = await get("latchkey-window://app/index.html");
  expect(await answer.text()).toBe("<p>window</p>");
  expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
  const policy = answer.headers.get("content-security-policy");
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|connect-src|\*/);
});

test("serves what the window's page asks for", async () => {
  const answer = await get("latchkey-window://app/assets/index-a1.js?v=1");
  expect(await answer.text()).toBe("run()");
});

test.each([
  "latchkey-window://app/../secret.js",
  "latchkey-window://app/%2e%2e/secret.js",
  "latchkey-window://app/..%2fsecret.js",
  "latchkey-window://app/assets/..%5c..%5c..%5csecret.js",
  "latchkey-window://app//secret.js",
  "latchkey-window://other/index.html",
  "https://app/index.html",
  "latchkey-window://app/",
  "latchkey-window://app/missing.js",
  "latchkey-window://app/assets",
])("finds nothing at %s", async (url) => {
  expect((await get(url)).status).toBe(404);
});

test("answers no other method", async () => {
  expect((await get("latchkey-window://app/index.html", "POST")).status).toBe(404);
});

const senders: [url: string, trusted: boolean][] = [
  ["latchkey-window://app/index.html", true],
  ["latchkey-window://app/index.html#x", true],
  ["latchkey-window://app.evil/index.html", false],
  ["latchkey-window://user@app/index.html", false],
  ["latchkey-window-2://app/index.html", false],
  ["https://app/", false],
  ["file:///etc/passwd", false],
  ["about:blank", false],
  ["", false],
];
test.each(senders)("an asker at %j is ours: %s", (url, trusted) => {
  expect(isOnOrigin(url, "latchkey-window://app")).toBe(trusted);
});
