import { findChromium } from "@latchkey/tooling/services";
import { chromium, type Browser } from "playwright-core";

/**
 * Starts this machine's Chromium without a window, for `*.e2e.ts`; close it after the file. Throws where there is no
 * Chromium, which `npm test` makes sure of before it selects those files.
 */
export const launchBrowser = async (): Promise<Browser> => {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error("There is no Chromium: install chromium.");
  return chromium.launch({
    executablePath,
    args: [
      // Root and containers have no user namespaces for the sandbox; only our own pages are opened.
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
};
