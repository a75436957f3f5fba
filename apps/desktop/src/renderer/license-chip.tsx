import { Button, SeatStrip, Status } from "@latchkey/ui";
import { useEffect, useRef, useState } from "react";
import type { ReactElement } from "react";
import type { About, LatchkeyState, LicenseFacts } from "../ipc.ts";
import { bridge } from "./bridge.ts";
import { utcTime } from "./clock-words.ts";
import { chipWords, validityWords } from "./state-words.ts";
import { useShortcut } from "./window-hooks.ts";

const POPOVER_ID = "license";

const isLicenseKey = ({ key, ctrlKey, metaKey }: KeyboardEvent): boolean =>
  key.toLowerCase() === "l" && (ctrlKey || metaKey);

const keptIn: Record<About["licenseKeptIn"], string> = {
  keychain: "The license is kept encrypted by this system's keychain.",
  plain_file:
    "This system offers no keychain: the license is kept unencrypted in a file that only your user may read.",
};

const Facts = ({
  state,
  about,
  license,
}: {
  readonly state: LatchkeyState;
  readonly about: About;
  readonly license: LicenseFacts | null;
}): ReactElement => {
  const seats = "seat" in state ? state.seat.seats : null;
  const endsAt = state.name === "running" ? (state.countdown?.endsAt ?? null) : null;
  return (
    <dl className="facts">
      {license && (
        <div>
          <dt>Plan</dt>
          <dd>{license.planName}</dd>
        </div>
      )}
      {seats && (
        <div>
          <dt>Seats</dt>
          <dd>
            {seats.used} of {seats.max} in use
            <SeatStrip used={seats.used} max={seats.max} />
          </dd>
        </div>
      )}
      <div>
        <dt>This computer</dt>
        <dd>{about.machine.name ?? "Unnamed"}</dd>
      </div>
      {(license ?? endsAt) && (
        <div>
          <dt>{endsAt === null ? "License valid" : "License file valid"}</dt>
          <dd title={endsAt === null ? undefined : utcTime(endsAt)}>
            {validityWords(endsAt ?? license?.expiresAt ?? null)}
          </dd>
        </div>
      )}
    </dl>
  );
};

/** The quiet chip in the status bar; its popover tells the license and holds what can be done with it. */
export const LicenseChip = ({
  state,
  about,
}: {
  readonly state: LatchkeyState;
  readonly about: About;
}): ReactElement => {
  const popover = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  const [license, setLicense] = useState<LicenseFacts | null>(null);
  const words = chipWords(state, about);
  const mayAsk = state.name === "running" && state.seat.by === "lease";
  useShortcut(isLicenseKey, () => popover.current?.togglePopover());
  useEffect(() => {
    if (!isOpen || !mayAsk) return undefined;
    let current = true;
    void bridge.readLicense().then((facts) => {
      if (current) setLicense(facts);
    });
    return () => {
      current = false;
    };
  }, [isOpen, mayAsk]);
  const close = () => popover.current?.hidePopover();
  return (
    <>
      <button
        type="button"
        id="license-chip"
        className="chip"
        title={words.hint}
        popoverTarget={POPOVER_ID}
      >
        <span className="visually-hidden">License: </span>
        <Status tone={words.tone}>{words.text}</Status>
      </button>
      <div
        ref={popover}
        id={POPOVER_ID}
        popover="auto"
        className="popover stack"
        role="dialog"
        aria-label="License"
        onToggle={(event) => setOpen(event.newState === "open")}
      >
        <h2>License</h2>
        <p>{words.hint}</p>
        <Facts state={state} about={about} license={license} />
        <div className="row">
          {"seat" in state && (
            <Button
              variant="primary"
              onClick={() => {
                close();
                void bridge.release();
              }}
            >
              Release seat
            </Button>
          )}
          {(state.name === "reconnecting" || state.name === "offline") && (
            <Button onClick={() => void bridge.tryNow()}>Try now</Button>
          )}
          <Button onClick={() => void bridge.openPortal()}>Manage license</Button>
        </div>
        <details className="details">
          <summary>What we send</summary>
          <div className="stack">
            <p className="small">
              {about.host} is told this of your computer; serial numbers are hashed before they
              leave it. {keptIn[about.licenseKeptIn]}
            </p>
            <pre tabIndex={0} aria-label="What is sent">
              {JSON.stringify({ ...about.machine, appVersion: about.appVersion }, null, 2)}
            </pre>
          </div>
        </details>
      </div>
    </>
  );
};
