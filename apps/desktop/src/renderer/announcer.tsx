import type { ReactElement } from "react";
import type { About, LatchkeyState } from "../ipc.ts";
import { announcement } from "./state-words.ts";

/** Tells a screen reader of each state once: politely, and in the last two minutes at once. */
export const Announcer = ({
  state,
  about,
}: {
  readonly state: LatchkeyState;
  readonly about: About;
}): ReactElement => {
  const { text, urgent } = announcement(state, about);
  return (
    <div className="visually-hidden">
      <div role="status">{urgent ? "" : text}</div>
      <div role="alert">{urgent ? text : ""}</div>
    </div>
  );
};
