import { Button, Dialog } from "@latchkey/ui";
import type { ReactElement } from "react";
import type { About, LatchkeyState } from "../ipc.ts";
import { bridge } from "./bridge.ts";
import { ErrorDetails } from "./error-details.tsx";
import { LicenseFileButton } from "./license-file-button.tsx";
import { lapsedWords } from "./state-words.ts";
import { useNow } from "./window-hooks.ts";

type Lapsed = Extract<LatchkeyState, { readonly name: "lapsed" }>;

/** Over the work, which is saved by now; Esc opens it for reading. */
export const LapsedDialog = ({
  state,
  about,
  onRead,
}: {
  readonly state: Lapsed;
  readonly about: About;
  readonly onRead: () => void;
}): ReactElement => {
  const nowMs = useNow(null);
  const { headline, body } = lapsedWords(state, about, nowMs);
  return (
    <Dialog title={headline} onClose={onRead}>
      <p>{body}</p>
      <div className="row">
        <Button variant="primary" onClick={() => void bridge.tryNow()}>
          Try now
        </Button>
        <LicenseFileButton about={about} label="Use a license file" />
        <Button onClick={onRead}>Open saved work read-only</Button>
        <Button variant="quiet" onClick={() => void bridge.quit()}>
          Quit
        </Button>
      </div>
      {state.problem && <ErrorDetails error={state.problem} />}
    </Dialog>
  );
};
