/** The scheme under which the window is served in a packaged app; `file:` would give it the whole disk. */
export const WINDOW_SCHEME = "latchkey-window";

/** The one origin that may be shown and answered: the development server's, else our own scheme. */
export const windowOrigin = (devServerUrl: string | null): string =>
  devServerUrl === null ? `${WINDOW_SCHEME}://app` : new URL(devServerUrl).origin;

/** Whether `url` lies on `origin`. Compared by parts, since `URL.origin` is "null" for schemes of our own. */
export const isOnOrigin = (url: string, origin: string): boolean => {
  const [given, wanted] = [URL.parse(url), URL.parse(origin)];
  if (given === null || wanted === null) return false;
  return (
    given.protocol === wanted.protocol &&
    given.host === wanted.host &&
    given.username === "" &&
    given.password === ""
  );
};
