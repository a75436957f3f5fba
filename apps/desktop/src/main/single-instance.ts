import type { App } from "electron";

/** Whether this is the only instance; if so, `onSecond` hears of every later one, which ends by itself. */
export const claimSingleInstance = (app: App, onSecond: () => void): boolean => {
  if (!app.requestSingleInstanceLock()) return false;
  app.on("second-instance", onSecond);
  return true;
};
