import { protocol } from "electron";
import { WINDOW_SCHEME } from "./trusted-origin.ts";
import { answerFrom } from "./window-files.ts";

/** Before Electron is ready: the scheme behaves as https does, with an origin of its own. */
export const registerWindowScheme = (): void =>
  protocol.registerSchemesAsPrivileged([
    { scheme: WINDOW_SCHEME, privileges: { standard: true, secure: true } },
  ]);

/** Once Electron is ready: serves the built window. */
export const serveWindow = (directory: string): void =>
  protocol.handle(WINDOW_SCHEME, answerFrom(directory));
