/** `npm run keys:rotate` under Node 24: the API's command, on the servers that `npm start` runs from this clone. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { readEnvironment } from "./environment.ts";
import { root } from "./paths.ts";

/** Runs the command with the arguments of this process. The environment wins, then .env, then what runs here. */
export const rotateKeys = (): void => {
  const envFile = path.join(root, ".env");
  if (existsSync(envFile)) process.loadEnvFile(envFile);
  const { status } = spawnSync(
    process.execPath,
    [
      path.join("apps", "api", "src", "commands", "rotate-signing-key.ts"),
      ...process.argv.slice(2),
    ],
    { cwd: root, stdio: "inherit", env: { ...readEnvironment(), ...process.env } },
  );
  process.exitCode = status ?? 1;
};
