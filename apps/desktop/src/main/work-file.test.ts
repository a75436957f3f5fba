import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createWorkFile } from "./work-file.ts";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "latchkey-work-"));
});
afterEach(() => rm(directory, { recursive: true }));

test("has nothing at first, and then the newest text of many", async () => {
  const path = join(directory, "made", "notes.txt");
  const work = createWorkFile(path);
  expect(await work.read()).toBe("");
  for (const text of ["a", "ab", "abc"]) void work.save(text);
  await work.settled();
  expect(await createWorkFile(path).read()).toBe("abc");
  expect(await readdir(join(directory, "made"))).toEqual(["notes.txt"]);
});

test("says that a text could not be saved, and goes on to save the next", async () => {
  const folder = join(directory, "in-the-way");
  await writeFile(folder, "a file where a folder should be");
  const work = createWorkFile(join(folder, "notes.txt"));
  await expect(work.save("lost")).rejects.toThrow();
  await rm(folder);
  await work.save("kept");
  expect(await work.read()).toBe("kept");
});
