/** The only file here that reads the environment; both names matter to unpackaged runs alone. */
export const env = {
  /** A settings file to use instead of the built-in one. */
  settingsPath: process.env["LATCHKEY_DESKTOP_SETTINGS"],
  /** Where electron-vite's development server serves the window. */
  devServerUrl: process.env["ELECTRON_RENDERER_URL"],
} as const;
