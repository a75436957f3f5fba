import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import express from "express";
import { afterAll, beforeAll, expect, test } from "vitest";
import { listen } from "./listen.ts";
import type { Listening } from "./listen.ts";
import { serveWebApp } from "./static.ts";

let directory: string;
let listening: Listening;
beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), "latchkey-web-"));
  mkdirSync(path.join(directory, "assets"));
  writeFileSync(path.join(directory, "index.html"), "<title>app</title>");
  writeFileSync(path.join(directory, "assets/index-4f2a.js"), "start()");
  const app = express();
  app.use("/admin", serveWebApp("admin app", directory));
  listening = await listen(app, 0);
});
afterAll(async () => {
  await listening.close(100);
  rmSync(directory, { recursive: true });
});

const get = (url: string, accept = "text/html") =>
  fetch(`http://127.0.0.1:${listening.port}${url}`, { headers: { accept } });

test.each(["/admin", "/admin/", "/admin/licenses/019a"])(
  "%s is the page, asked for anew",
  async (url) => {
    const answer = await get(url);
    expect(await answer.text()).toBe("<title>app</title>");
    expect(answer.headers.get("cache-control")).toBe("no-cache");
  },
);

test("a file with a hash in its name is kept for good", async () => {
  const answer = await get("/admin/assets/index-4f2a.js", "*/*");
  expect(await answer.text()).toBe("start()");
  expect(answer.headers.get("cache-control")).toContain("immutable");
});

test("a file that is not there is not the page in disguise", async () => {
  expect((await get("/admin/assets/index-old.js", "*/*")).status).toBe(404);
  expect((await get("/admin/..%2f..%2fpackage.json")).status).toBe(404);
});
