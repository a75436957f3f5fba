/** What this needs of Electron's `app`. */
interface QuittingApp {
  on(event: "before-quit", listener: (event: { preventDefault(): void }) => void): unknown;
  quit(): void;
}

/** Quitting waits no longer for the seat to be given back; a lease that stays ends by itself. */
export const QUIT_WITHIN_MS = 2_000;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Runs `finish` once before the app quits, and quits after it or after two seconds. */
export const finishBeforeQuit = (app: QuittingApp, finish: () => Promise<unknown>): void => {
  let stage: "running" | "finishing" | "finished" = "running";
  app.on("before-quit", (event) => {
    if (stage === "finished") return;
    event.preventDefault();
    if (stage === "finishing") return;
    stage = "finishing";
    const quit = (): void => {
      stage = "finished";
      app.quit();
    };
    void Promise.race([finish(), sleep(QUIT_WITHIN_MS)]).then(quit, quit);
  });
};
