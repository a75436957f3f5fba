// Read by whatever Node the machine has, from 18 on: plain JavaScript, nothing from npm.
import { spawn, spawnSync } from "node:child_process";
import path from "node:path";
import process from "node:process";
import { onParentDeath } from "./parent.mjs";

const NEEDED_MAJOR = 24;
const NODE_PACKAGE = "node@24.21.0";

/**
 * Where Node 24 lies once npm has fetched it; null when npm could not.
 *
 * @returns {string | null}
 */
const fetchNode = () => {
  const result = spawnSync(
    "npm",
    ["exec", "--yes", `--package=${NODE_PACKAGE}`, "--", "node", "-p", "process.execPath"],
    { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], shell: process.platform === "win32" },
  );
  const lines = (result.stdout ?? "").trim().split("\n");
  return result.status === 0 ? (lines[lines.length - 1] ?? null) : null;
};

/**
 * Says whether this process runs Node 24 or newer. If it does not, runs the same script under Node 24, which becomes
 * the `node` of every child too, hands signals on, and ends with its exit code.
 *
 * @returns {boolean} false when the other process does the work
 */
export const runsNode24 = () => {
  if (Number(process.versions.node.split(".")[0]) >= NEEDED_MAJOR) return true;
  console.log(`This is Node ${process.versions.node}; npm brings ${NODE_PACKAGE} …`);
  const node = fetchNode();
  if (node === null) {
    console.error(
      `Latchkey needs Node ${NEEDED_MAJOR} and npm could not fetch it: check the network, or install Node ${NEEDED_MAJOR} from https://nodejs.org, and start again.`,
    );
    process.exitCode = 1;
    return false;
  }
  const [, script = "", ...args] = process.argv;
  const child = spawn(node, [script, ...args], {
    stdio: "inherit",
    env: {
      ...process.env,
      PATH: `${path.dirname(node)}${path.delimiter}${process.env["PATH"] ?? ""}`,
    },
  });
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    // Ctrl-C reaches the child by itself as well; it takes the repetition for the same wish.
    process.on(signal, () => child.kill(signal));
  }
  onParentDeath(() => child.kill("SIGTERM"));
  child.once("exit", (code) => process.exit(code ?? 1));
  return false;
};
