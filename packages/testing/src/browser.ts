import { findChromium } from "@latchkey/tooling/services";
import { chromium, type Browser, type Page } from "playwright-core";

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

export interface WatchedPage {
  readonly page: Page;
  /** What no page may do: throw, or break its own content security policy. */
  readonly complaints: string[];
}

/** A page of its own, as on a computer that was never here before; 1280 px wide unless told. */
export const openPage = async (browser: Browser, width = 1280): Promise<WatchedPage> => {
  const context = await browser.newContext({ viewport: { width, height: 900 } });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", ({ message }) => complaints.push(message));
  page.on("console", (line) => {
    if (/content security policy|\bCSP\b|-src' was/i.test(line.text()))
      complaints.push(line.text());
  });
  return { page, complaints };
};
