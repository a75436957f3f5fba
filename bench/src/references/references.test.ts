import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const read = (name: string): string => readFileSync(path.join(import.meta.dirname, name), "utf8");
const scripts = path.join(import.meta.dirname, "../../../packages/redis/scripts");

test("the floor runs scripts that the product has", () => {
  const loaded = [...read("floor.ts").matchAll(/loadScript\("([\w-]+)"\)/g)].map(
    ([, name]) => name,
  );
  expect(loaded).toHaveLength(2);
  for (const name of loaded) expect(existsSync(path.join(scripts, `${name}.lua`))).toBe(true);
});

test("pgbench locks the license, and writes one session in one transaction", () => {
  const script = read("grant.sql");
  const order = ["begin;", "for update;", 'insert into "sessions"', "commit;"].map((statement) =>
    script.indexOf(statement),
  );
  expect(order).toEqual(order.toSorted((one, other) => one - other));
  expect(order).not.toContain(-1);
});
