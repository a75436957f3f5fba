import { Button } from "@latchkey/ui";
import { useState } from "react";
import type { ReactElement } from "react";
import type { About, LatchkeyState } from "../ipc.ts";
import { ActivateForm } from "./activate-form.tsx";
import { Announcer } from "./announcer.tsx";
import { BlockedPanel } from "./blocked-panel.tsx";
import { bridge } from "./bridge.ts";
import { ErrorDetails } from "./error-details.tsx";
import { errorWords } from "./error-words.ts";
import { LapsedDialog } from "./lapsed-dialog.tsx";
import { LicenseChip } from "./license-chip.tsx";
import { LicenseFileButton } from "./license-file-button.tsx";
import { OfflineBar } from "./offline-bar.tsx";
import { Panel } from "./panel.tsx";
import { WaitingPanel } from "./waiting-panel.tsx";
import { useLicenseState, useShortcut } from "./window-hooks.ts";
import { Work } from "./work.tsx";

interface StateProps {
  readonly state: LatchkeyState;
  readonly about: About;
}

const Activation = ({
  state,
  about,
  onBack,
}: StateProps & { readonly onBack: (() => void) | null }): ReactElement => (
  <Panel
    words={{ headline: `Activate ${about.appName}`, body: "Paste your license key to begin." }}
  >
    <ActivateForm
      about={about}
      busy={state.name === "activating"}
      problem={state.name === "unlicensed" ? state.problem : null}
      onCancel={onBack}
    />
    <div className="row row-apart">
      <LicenseFileButton about={about} label="No internet here? Use a license file" />
      <Button variant="quiet" onClick={() => void bridge.openPortal()}>
        Buy or start a trial
      </Button>
    </div>
  </Panel>
);

const Acquiring = ({ state, about }: StateProps): ReactElement => {
  const words = state.problem && errorWords(state.problem, about);
  return (
    <Panel words={{ headline: "Taking a seat…", body: words?.headline ?? `Asking ${about.host}.` }}>
      {words && <p>{words.body}</p>}
      <div className="row">
        {words && (
          <Button variant="primary" onClick={() => void bridge.tryNow()}>
            Try now
          </Button>
        )}
        <Button onClick={() => void bridge.release()}>Cancel</Button>
      </div>
      {state.problem && <ErrorDetails error={state.problem} />}
    </Panel>
  );
};

const Released = ({ onOtherKey }: { readonly onOtherKey: () => void }): ReactElement => (
  <Panel
    words={{
      headline: "No seat",
      body: "Your seat was given back, so that a colleague may use it. Take one to go on.",
    }}
  >
    <div className="row">
      <Button variant="primary" onClick={() => void bridge.acquire()}>
        Take a seat
      </Button>
      <Button onClick={onOtherKey}>Use another key</Button>
    </div>
  </Panel>
);

const isF6 = ({ key }: KeyboardEvent): boolean => key === "F6";

const focusLicense = (): void => {
  const place = document.querySelector<HTMLElement>(".bar button, .panel button, #license-chip");
  place?.focus();
};

/** The window: the license above the work where it has something to say, and a quiet chip below. */
export const App = ({
  about,
  firstState,
  firstWork,
}: {
  readonly about: About;
  readonly firstState: LatchkeyState;
  readonly firstWork: string;
}): ReactElement => {
  const state = useLicenseState(firstState);
  const [wantsOtherKey, setWantsOtherKey] = useState(false);
  const [readsSavedWork, setReadsSavedWork] = useState(false);
  const [hasRun, setHasRun] = useState(firstWork !== "");
  useShortcut(isF6, focusLicense);
  // Both wishes end with the state they were made in.
  if (state.mayRun && (!hasRun || wantsOtherKey || readsSavedWork)) {
    setHasRun(true);
    setWantsOtherKey(false);
    setReadsSavedWork(false);
  }

  const onOtherKey = () => setWantsOtherKey(true);
  const panel = (): ReactElement | null => {
    if (state.name === "unlicensed" || state.name === "activating") {
      return <Activation state={state} about={about} onBack={null} />;
    }
    if (wantsOtherKey && !state.mayRun) {
      return <Activation state={state} about={about} onBack={() => setWantsOtherKey(false)} />;
    }
    switch (state.name) {
      case "acquiring":
        return <Acquiring state={state} about={about} />;
      case "released":
        return <Released onOtherKey={onOtherKey} />;
      case "waiting":
        return <WaitingPanel state={state} onOtherKey={onOtherKey} />;
      case "blocked":
        return <BlockedPanel state={state} about={about} onOtherKey={onOtherKey} />;
      case "offline":
        return <OfflineBar state={state} about={about} />;
      case "lapsed":
        return readsSavedWork ? null : (
          <LapsedDialog state={state} about={about} onRead={() => setReadsSavedWork(true)} />
        );
      case "running":
      case "reconnecting":
        return null;
    }
  };
  return (
    <div className="window" data-state={state.name}>
      <Announcer state={state} about={about} />
      <main className="window-main">
        {panel()}
        {hasRun && <Work about={about} firstText={firstWork} mayRun={state.mayRun} />}
      </main>
      <footer className="status-bar">
        <span className="quiet small">
          {about.appName} {about.appVersion}
        </span>
        {state.name === "lapsed" && readsSavedWork && (
          <Button small onClick={() => setReadsSavedWork(false)}>
            Why is it paused?
          </Button>
        )}
        <LicenseChip state={state} about={about} />
      </footer>
    </div>
  );
};
