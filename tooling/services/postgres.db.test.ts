import { spawn } from "node:child_process";
import * as fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startPostgres } from "./postgres.ts";
import { commandOf } from "./process-table.ts";
import { demandPostgres, ensureDatabase } from "./reach-postgres.ts";

let directory = "";
beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), "latchkey-postgres-"));
  fs.chmodSync(directory, 0o711);
});
afterEach(() => fs.rmSync(directory, { recursive: true, force: true }));

const start = () => startPostgres({ directory, purpose: "test" });

const onServer = async <T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> => {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
};

test("a second start finds the data of the first, and stopping ends the server", async () => {
  const first = await start();
  const url = await ensureDatabase(first.url, "latchkey");
  await onServer(url, (sql) => sql`create table kept as select 7 as number`);
  await first.stop();
  await expect(demandPostgres(url)).rejects.toThrow("nothing listens");

  const second = await start();
  const again = await ensureDatabase(second.url, "latchkey");
  const [row] = await onServer(again, (sql) => sql`select number from kept`);
  expect(row).toEqual({ number: 7 });
  await second.stop();
});

test("a server that a killed process left is ended before the next start", async () => {
  const module = fileURLToPath(new URL("postgres.ts", import.meta.url));
  const parent = spawn(
    process.execPath,
    [
      "--input-type=module",
      "--eval",
      `import { startPostgres } from ${JSON.stringify(module)};
       await startPostgres({ directory: ${JSON.stringify(directory)}, purpose: "test" });
       process.kill(process.pid, "SIGKILL");`,
    ],
    { stdio: "inherit" },
  );
  await new Promise((resolve) => parent.once("exit", resolve));
  const pidFile = path.join(fs.realpathSync(path.join(directory, "data")), "postmaster.pid");
  const orphan = Number(fs.readFileSync(pidFile, "utf8").split("\n")[0]);
  expect(commandOf(orphan)).toContain("postgres");

  const next = await start();
  expect(commandOf(orphan)).toBeNull();
  await expect(demandPostgres(next.url)).resolves.toBeUndefined();
  await next.stop();
});

test.each([
  ["a wrong password", (url: URL) => (url.password = "wrong"), "refuses the password of latchkey"],
  ["a missing database", (url: URL) => (url.pathname = "/shop"), "has no database shop"],
])("a DATABASE_URL with %s is told apart", async (_case, spoil, says) => {
  const server = await start();
  const url = new URL(server.url);
  spoil(url);
  await expect(demandPostgres(url.href)).rejects.toThrow(says);
  await server.stop();
});
