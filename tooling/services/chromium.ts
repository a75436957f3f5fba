import { installWithApt, mayInstall, thisHost, type Host } from "./host.ts";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The browser of this machine, else null. */
export const findChromium = (host: Host = thisHost(() => undefined)): string | null =>
  NAMES.map((name) => host.find(name)).find((found) => found !== null) ?? null;

/** Finds a browser, else installs one where that needs no question; null when there is no way. */
export const obtainChromium = (host: Host): string | null => {
  const found = findChromium(host);
  if (found !== null || host.find("apt-get") === null || !mayInstall(host)) return found;
  host.report("Chromium is missing; installing it with apt-get for the end-to-end tests …");
  installWithApt(host, "chromium");
  return findChromium(host);
};
