/** The built app in a real Electron, where its binary is installed; elsewhere this says that it was skipped. */
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { _electron } from "playwright-core";
import { expect, test } from "vitest";

const app = join(import.meta.dirname, "..");

/** Electron's package names its binary in path.txt once it is downloaded; asking the package would download it. */
const findElectron = (): string | null => {
  const folder = dirname(createRequire(import.meta.url).resolve("electron/package.json"));
  const named = join(folder, "path.txt");
  if (!existsSync(named)) return null;
  const path = join(folder, "dist", readFileSync(named, "utf8").trim());
  return existsSync(path) ? path : null;
};

const settings = {
  appName: "Latch",
  keyPrefix: "LATCH",
  host: "http://localhost:4799",
  product: "0190b8a0-0000-7000-8000-000000000001",
  publicKeys: {
    keys: [
      {
        kty: "OKP",
        crv: "Ed25519",
        alg: "EdDSA",
        use: "sig",
        kid: "k1",
        x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
      },
    ],
  },
};

test("the built app opens its window without Node in it, and quits", async (context) => {
  const executablePath = findElectron();
  if (executablePath === null) {
    const reason = "Electron's binary is not installed here: node node_modules/electron/install.js";
    process.stdout.write(`Skipped: the built app in a real Electron. ${reason}\n`);
    context.skip(reason);
    return;
  }
  const directory = await mkdtemp(join(tmpdir(), "latchkey-electron-"));
  const path = join(directory, "settings.json");
  await writeFile(path, JSON.stringify(settings));
  const electron = await _electron.launch({
    executablePath,
    args: [app, `--user-data-dir=${directory}`, "--no-sandbox"],
    env: { ...process.env, LATCHKEY_DESKTOP_SETTINGS: path },
  });
  try {
    const page = await electron.firstWindow();
    await page.getByRole("heading", { name: "Activate Latch" }).waitFor();
    const reach = await page.evaluate(() => ({
      url: location.href,
      node: ["require", "process", "module", "Buffer"].filter((name) => name in window),
      bridge: "latchkey" in window,
    }));
    expect(reach).toEqual({ url: "latchkey-window://app/index.html", node: [], bridge: true });
    await page.getByLabel("License key").fill("LATCH-7U2M-Q");
    await page.getByText("typing error in the 2nd group").waitFor();
  } finally {
    await electron.close();
    await rm(directory, { recursive: true, force: true });
  }
});
