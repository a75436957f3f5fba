import { Button, CopyButton } from "@latchkey/ui";
import type { ReactElement } from "react";
import type { About, LatchkeyState } from "../ipc.ts";
import { bridge } from "./bridge.ts";
import { ErrorDetails } from "./error-details.tsx";
import { blockedWords, type Remedy } from "./error-words.ts";
import { Panel } from "./panel.tsx";

type Blocked = Extract<LatchkeyState, { readonly name: "blocked" }>;

/** The license may not run: says who can fix it, and offers what can be done here. */
export const BlockedPanel = ({
  state,
  about,
  onOtherKey,
}: {
  readonly state: Blocked;
  readonly about: About;
  readonly onOtherKey: () => void;
}): ReactElement => {
  const words = blockedWords(state.validationCode, state.detail);
  const deeds: Record<Remedy, { readonly label: string; readonly run: () => void }> = {
    portal: { label: words.portalLabel, run: () => void bridge.openPortal() },
    try_now: { label: "Try again", run: () => void bridge.tryNow() },
    other_key: { label: "Use another key", run: onOtherKey },
  };
  const message = `${about.appName} on ${about.machine.name ?? "my computer"}: ${words.headline}. ${words.body} (${about.host})`;
  return (
    <Panel words={words}>
      {!state.signed && (
        <p className="quiet">
          The vendor did not sign this answer, so it may be mistaken. We ask again every 5 minutes.
        </p>
      )}
      <div className="row">
        {words.remedies.map((remedy, index) => (
          <Button
            key={remedy}
            variant={index === 0 ? "primary" : "secondary"}
            onClick={deeds[remedy].run}
          >
            {deeds[remedy].label}
          </Button>
        ))}
      </div>
      <div className="row row-apart">
        <span className="quiet small">Cannot fix it yourself? Send this to whoever can.</span>
        <CopyButton text={message} label="Copy message" />
      </div>
      {state.problem && <ErrorDetails error={state.problem} />}
    </Panel>
  );
};
