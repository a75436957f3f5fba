import type { LicenseStatus as Value } from "@latchkey/contracts";
import type { ReactElement } from "react";
import { Status } from "../status.tsx";
import type { Tone } from "../status.tsx";

const tones = {
  active: "good",
  past_due: "notice",
  suspended: "bad",
  expired: "idle",
  revoked: "bad",
} as const satisfies Record<Value, Tone>;

/** What an app's people call each status; a trial that runs is called one. */
export type LicenseStatusWords = Readonly<Record<Value | "trial", string>>;

/** A license's status in the app's own `words`. */
export const LicenseStatus = ({
  status,
  trial,
  words,
}: {
  readonly status: Value;
  readonly trial: boolean;
  readonly words: LicenseStatusWords;
}): ReactElement => (
  <Status tone={tones[status]}>{words[status === "active" && trial ? "trial" : status]}</Status>
);
