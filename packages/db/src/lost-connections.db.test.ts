import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { createTestDatabase } from "@latchkey/testing";
import { expect, test } from "vitest";

/** Hangs up in the middle of a transaction and goes on with it, in a process of its own. */
const script = (survive: boolean, after: string) => `
  import { connectDatabase, isUnavailable, surviveLostConnections, transact } from "@latchkey/db";
  if (${survive}) surviveLostConnections();
  const database = connectDatabase({ url: process.env.DATABASE_URL, applicationName: "test" });
  const lost = await transact(database, { kind: "system" }, async ({ db }) => {
    await db.execute("set local role none");
    await db.execute("select pg_terminate_backend(pg_backend_pid())").catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await db.execute("select 1");
  }).catch((error) => error);
  await new Promise((resolve) => setTimeout(resolve, 100));
  console.log(isUnavailable(lost) ? "unavailable" : lost);
  await transact(database, { kind: "system" }, ({ db }) => db.execute("select 1"));
  console.log("back");
  ${after}
  await database.close();`;

const run = async (survive: boolean, after = "") => {
  const database = await createTestDatabase();
  try {
    const args = ["--input-type=module", "--eval", script(survive, after)];
    const env = { ...process.env, DATABASE_URL: database.url };
    const options = { env, cwd: import.meta.dirname };
    return await promisify(execFile)(process.execPath, args, options);
  } finally {
    await database.close();
  }
};

test("a process survives that PostgreSQL hangs up in the middle of a transaction", async () => {
  const { stdout } = await run(true);
  expect(stdout.trim().split("\n")).toEqual(["unavailable", "back"]);
});

test("the driver alone does not: once it does, this file may go", async () => {
  await expect(run(false)).rejects.toThrow("nextWrite");
});

test("any other error that nobody caught still ends the process", async () => {
  const mistake = "setImmediate(() => { throw new TypeError('a mistake') });";
  await expect(run(true, mistake)).rejects.toThrow("a mistake");
});
