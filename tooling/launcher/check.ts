/** `npm run check`: format, lint, types, unused code and imports, in one command that takes seconds. */
import { printCheck, runChecks } from "./checks.ts";

const results = await runChecks(printCheck);
process.exitCode = results.every(({ passed }) => passed) ? 0 : 1;
