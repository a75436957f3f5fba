import { useEffect, useState } from "react";
import type { LatchkeyState } from "../ipc.ts";
import { bridge } from "./bridge.ts";

/** The state of the license as main tells it. */
export const useLicenseState = (first: LatchkeyState): LatchkeyState => {
  const [state, setState] = useState(first);
  useEffect(() => {
    const end = bridge.onState(setState);
    // Asked again, since it may have changed before we listened.
    void bridge.state().then(setState);
    return end;
  }, []);
  return state;
};

/** The wall clock in ms, renewed `everyMs`; null lets it stand. */
export const useNow = (everyMs: number | null): number => {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    if (everyMs === null) return undefined;
    const tick = (): void => setNowMs(Date.now());
    tick();
    const timer = setInterval(tick, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return nowMs;
};

/** Calls `run` for a key pressed anywhere in the window; `matches` says which. */
export const useShortcut = (matches: (event: KeyboardEvent) => boolean, run: () => void): void => {
  useEffect(() => {
    const hear = (event: KeyboardEvent): void => {
      if (!matches(event)) return;
      event.preventDefault();
      run();
    };
    addEventListener("keydown", hear);
    return () => removeEventListener("keydown", hear);
  });
};
