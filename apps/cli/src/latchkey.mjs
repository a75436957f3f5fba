#!/usr/bin/env node
// Read by whatever Node the machine has: plain JavaScript. The rest is TypeScript, which Node runs from 24 on.
import process from "node:process";

const NEEDED_MAJOR = 24;

if (Number(process.versions.node.split(".")[0]) >= NEEDED_MAJOR) {
  await import("./main.ts");
} else {
  console.error(
    `latchkey needs Node ${NEEDED_MAJOR} or newer, and this is Node ${process.versions.node}: install a newer one from https://nodejs.org, and call it again.`,
  );
  // As called wrongly: 1 would say of a license file that it was judged.
  process.exitCode = 2;
}
