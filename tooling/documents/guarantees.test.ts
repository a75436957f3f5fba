/** A document that quotes a test or leads to a file must not outlive it. */
import * as fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { root } from "../launcher/paths.ts";

const read = (file: string): string => fs.readFileSync(path.join(root, file), "utf8");
const exists = (file: string): boolean => fs.existsSync(path.join(root, file));

const documents = fs
  .globSync("{*,docs/**/*,{apps,packages}/*/*,{bench,faults,tooling}/*}.md", { cwd: root })
  .toSorted();

/** Where a document's relative links lead, from the root. */
const linkedFrom = (file: string): string[] =>
  [...read(file).matchAll(/\]\((?![a-z]+:|#)([^)#]+)(?:#[^)]*)?\)/g)].map(([, target = ""]) =>
    path.join(path.dirname(file), target),
  );

test("every link between documents leads to a file", () => {
  const links = documents.flatMap((file) => linkedFrom(file).map((target) => [file, target]));
  expect(links.length).toBeGreaterThan(20);
  expect(links.filter(([, target = ""]) => !exists(target))).toEqual([]);
});

const guarantees = read("docs/guarantees.md");
const quoted = [...guarantees.matchAll(/`([\w./-]+\.(?:test|fault|e2e)\.ts)`: "([^"]+)"/g)];

test("every file that docs/guarantees.md names exists", () => {
  const named = [...guarantees.matchAll(/`((?:apps|packages|faults|tooling)\/[\w./-]+)`/g)];
  expect(named.length).toBeGreaterThan(40);
  expect(named.map(([, file = ""]) => file).filter((file) => !exists(file))).toEqual([]);
});

test("every test that docs/guarantees.md quotes has that title in that file", () => {
  expect(quoted.length).toBeGreaterThan(40);
  const lost = quoted.filter(([, file = "", title = ""]) => !read(file).includes(`"${title}"`));
  expect(lost.map(([whole]) => whole)).toEqual([]);
});
