import { Button, Notice } from "@latchkey/ui";
import { useState } from "react";
import type { ReactElement } from "react";
import type { About, LatchkeyState } from "../ipc.ts";
import { bridge } from "./bridge.ts";
import { utcTime } from "./clock-words.ts";
import { ErrorDetails } from "./error-details.tsx";
import { errorWords } from "./error-words.ts";
import { LicenseFileButton } from "./license-file-button.tsx";
import { barLevel, offlineWords } from "./state-words.ts";
import { useNow } from "./window-hooks.ts";

type Offline = Extract<LatchkeyState, { readonly name: "offline" }>;

/** One line over the work while the server is away. It can be put away to the chip until time gets short. */
export const OfflineBar = ({
  state,
  about,
}: {
  readonly state: Offline;
  readonly about: About;
}): ReactElement | null => {
  const level = barLevel(state.countdown.minutesLeft);
  const nowMs = useNow(level === "last_two" ? 1_000 : null);
  const [dismissedAt, setDismissedAt] = useState<typeof level | null>(null);
  const [isWhyOpen, setWhyOpen] = useState(false);
  if (dismissedAt === level && level !== "last_two") return null;
  const words = offlineWords(state, about, nowMs);
  const why = state.problem && errorWords(state.problem, about);
  return (
    <section
      className={`bar bar-${level}`}
      aria-label="Offline"
      title={`Until ${utcTime(state.countdown.endsAt)}`}
    >
      <div>
        <strong>{words.headline}</strong> {level !== "calm" && words.body}
      </div>
      <div className="row">
        <Button small variant="primary" onClick={() => void bridge.tryNow()}>
          Try now
        </Button>
        <Button small aria-expanded={isWhyOpen} onClick={() => setWhyOpen(!isWhyOpen)}>
          Why?
        </Button>
        {level !== "calm" && <LicenseFileButton small about={about} label="Use a license file" />}
        {level !== "last_two" && (
          <Button small variant="quiet" onClick={() => setDismissedAt(level)}>
            Dismiss
          </Button>
        )}
      </div>
      {isWhyOpen && (
        <Notice>
          <strong>{why?.headline}</strong>
          <p>{why?.body}</p>
          {level === "calm" && <p>{words.body}</p>}
          {state.problem && <ErrorDetails error={state.problem} />}
        </Notice>
      )}
    </section>
  );
};
