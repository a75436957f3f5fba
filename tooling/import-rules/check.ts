/** One of the checks of `npm run check`: judges every source file by the table in table.ts. */
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { checkFile } from "./check-file.ts";

const root = path.resolve(import.meta.dirname, "../..");
const skipped = new Set(["node_modules", "dist", "out"]);
const files = globSync("{apps,packages,tooling,bench}/**/*.{ts,tsx,mjs}", {
  cwd: root,
  exclude: (entry) => skipped.has(path.basename(entry)),
}).map((file) => file.replaceAll(path.sep, "/"));

const violations = files.flatMap((file) =>
  checkFile(file, readFileSync(path.join(root, file), "utf8")),
);
for (const { file, line, message } of violations) console.error(`${file}:${line}\n  ${message}`);
console.log(
  violations.length === 0
    ? `Imports: ${files.length} files keep to their rooms.`
    : `Imports: ${violations.length} broken, of ${files.length} files.`,
);
process.exitCode = violations.length === 0 ? 0 : 1;
