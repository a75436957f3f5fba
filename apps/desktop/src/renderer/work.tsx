import { Notice } from "@latchkey/ui";
import { useId, useState } from "react";
import type { ReactElement } from "react";
import type { About } from "../ipc.ts";
import { bridge } from "./bridge.ts";

/** The app's own work: a page of notes, in whose place a vendor's app stands. Each change is saved at once. */
export const Work = ({
  about,
  firstText,
  mayRun,
}: {
  readonly about: About;
  readonly firstText: string;
  /** Without a seat the work can be read and copied, not changed. */
  readonly mayRun: boolean;
}): ReactElement => {
  const [text, setText] = useState(firstText);
  const [isSaved, setSaved] = useState(true);
  const id = useId();
  const change = (next: string): void => {
    setText(next);
    bridge.saveWork(next).then(
      () => setSaved(true),
      () => setSaved(false),
    );
  };
  return (
    <section className="work">
      <div className="section-head">
        <label htmlFor={id}>
          <h2>Notes</h2>
        </label>
        {!mayRun && <span className="quiet small">Read-only without a seat</span>}
      </div>
      {!isSaved && (
        <Notice tone="bad">
          <strong>Your notes could not be saved</strong>
          <p>Copy them to another place. They were to go to {about.workPath}.</p>
        </Notice>
      )}
      <textarea
        id={id}
        className="field-input"
        value={text}
        readOnly={!mayRun}
        onChange={(event) => change(event.target.value)}
        placeholder={mayRun ? "Write here; it is saved as you type." : ""}
      />
    </section>
  );
};
