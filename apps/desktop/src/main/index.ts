/** Electron's main process as a list of modules; each is one rule or one duty. */
import { join } from "node:path";
import { inspect } from "node:util";
import { readMachine } from "@latchkey/client/node";
import { app, BrowserWindow, dialog, safeStorage, session, shell } from "electron";
import type { About, Notices } from "../ipc.ts";
import { env } from "./env.ts";
import { handleRequests } from "./handle.ts";
import { startLicenseClient } from "./license-client.ts";
import { createLicenseStorage } from "./license-storage.ts";
import { loadSettings } from "./load-settings.ts";
import { finishBeforeQuit } from "./quitting.ts";
import { createRequests } from "./requests.ts";
import { claimSingleInstance } from "./single-instance.ts";
import { windowOrigin } from "./trusted-origin.ts";
import { registerWindowScheme, serveWindow } from "./window-protocol.ts";
import { guardWindows } from "./window-rules.ts";
import { openWindow, showWindow } from "./window.ts";
import { createWorkFile } from "./work-file.ts";

const report = (error: unknown): void => {
  process.stderr.write(`${inspect(error)}\n`);
};

const tell = <Name extends keyof Notices>(
  channel: Name,
  ...words: Parameters<Notices[Name]>
): void => {
  for (const window of BrowserWindow.getAllWindows()) window.webContents.send(channel, ...words);
};

const start = async (): Promise<void> => {
  // A packaged app reads no environment: it could name other public keys or another page.
  const settings = await loadSettings(app.isPackaged ? null : (env.settingsPath ?? null));
  const origin = windowOrigin(app.isPackaged ? null : (env.devServerUrl ?? null));
  await app.whenReady();
  guardWindows(app, session.defaultSession, origin);
  serveWindow(join(import.meta.dirname, "../renderer"));

  const userData = app.getPath("userData");
  const { storage, keptIn } = createLicenseStorage(userData, safeStorage, process.platform);
  const machine = await readMachine(settings.product, storage);
  const workPath = join(app.getPath("documents"), settings.appName, "notes.txt");
  const work = createWorkFile(workPath);
  const appVersion = app.getVersion();
  const latchkey = startLicenseClient({
    settings,
    storage,
    machine,
    appVersion,
    work,
    onError: report,
  });
  const about: About = {
    appName: settings.appName,
    appVersion,
    host: new URL(settings.host).host,
    machine,
    licenseKeptIn: keptIn,
    workPath,
  };
  finishBeforeQuit(app, () => Promise.all([latchkey.stop(), work.settled()]));
  handleRequests(
    createRequests({
      latchkey,
      about,
      keyPrefix: settings.keyPrefix,
      work,
      openPortal: () => shell.openExternal(settings.host),
      quit: () => app.quit(),
    }),
    origin,
  );
  latchkey.subscribe((state) => tell("state", state));

  const open = () => openWindow({ title: settings.appName, origin });
  open();
  app.on("activate", () => {
    if (BrowserWindow.getAllWindows().length === 0) open();
  });
};

/** Starts the app, or gives way to the instance that runs already. */
export const main = async (): Promise<void> => {
  registerWindowScheme();
  const isOnly = claimSingleInstance(app, () => BrowserWindow.getAllWindows().forEach(showWindow));
  if (!isOnly) {
    app.quit();
    return;
  }
  app.on("window-all-closed", () => {
    if (process.platform !== "darwin") app.quit();
  });
  try {
    await start();
  } catch (error) {
    report(error);
    dialog.showErrorBox("The app cannot start", error instanceof Error ? error.message : "");
    app.exit(1);
  }
};

// A test that imports this file has no Electron to start.
if (process.versions["electron"] !== undefined) void main();
