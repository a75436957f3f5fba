import type { Bridge } from "../ipc.ts";

declare global {
  interface Window {
    /** Defined by the preload before any of our code runs. */
    readonly latchkey: Bridge;
  }
}

/** Main, as the window may ask it. */
export const bridge: Bridge = window.latchkey;
