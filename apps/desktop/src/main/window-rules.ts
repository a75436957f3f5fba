import type { App, Session, WebContents } from "electron";
import { isOnOrigin } from "./trusted-origin.ts";

/** Whatever the window is made to open, it opens nowhere. */
const noNewWindows = (contents: WebContents): void =>
  contents.setWindowOpenHandler(() => ({ action: "deny" }));

/** A window stays on its own page: no link, script or dropped file takes it elsewhere. */
const noNavigation = (contents: WebContents, origin: string): void => {
  const stay = (event: Electron.Event<{ url: string }>): void => {
    if (!isOnOrigin(event.url, origin)) event.preventDefault();
  };
  contents.on("will-navigate", stay);
  contents.on("will-redirect", stay);
  contents.on("will-frame-navigate", stay);
};

/** A guest page inside the window would bring preferences of its own. */
const noWebviews = (contents: WebContents): void => {
  contents.on("will-attach-webview", (event) => event.preventDefault());
};

/** No camera, location, notification or file access; copying text is what our buttons do. */
const noPermissions = (session: Session): void => {
  const allowed = "clipboard-sanitized-write";
  session.setPermissionRequestHandler((_contents, permission, answer) =>
    answer(permission === allowed),
  );
  session.setPermissionCheckHandler((_contents, permission) => permission === allowed);
};

/** Binds every page that this app will ever show to the rules above. */
export const guardWindows = (app: App, session: Session, origin: string): void => {
  noPermissions(session);
  app.on("web-contents-created", (_event, contents) => {
    noNewWindows(contents);
    noNavigation(contents, origin);
    noWebviews(contents);
  });
};
