import { join } from "node:path";
import { BrowserWindow } from "electron";

/** The app's window. Its page has neither Node nor Electron: it sees what the preload names. */
export const openWindow = ({
  title,
  origin,
}: {
  readonly title: string;
  readonly origin: string;
}): BrowserWindow => {
  const window = new BrowserWindow({
    title,
    width: 1000,
    height: 720,
    minWidth: 400,
    minHeight: 480,
    show: false,
    autoHideMenuBar: true,
    webPreferences: {
      preload: join(import.meta.dirname, "../preload/index.cjs"),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
    },
  });
  window.once("ready-to-show", () => window.show());
  void window.loadURL(`${origin}/index.html`);
  return window;
};

/** Brings the window to the front, from the dock or from behind. */
export const showWindow = (window: BrowserWindow): void => {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
};
