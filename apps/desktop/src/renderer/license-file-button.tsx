import { buttonClass } from "@latchkey/ui";
import { useId, useState } from "react";
import type { ReactElement } from "react";
import type { About, LatchkeyError } from "../ipc.ts";
import { bridge } from "./bridge.ts";
import { errorWords } from "./error-words.ts";

const tooLong: LatchkeyError = {
  code: "FILE_REFUSED",
  reason: "not_a_license_file",
  detail: "The file is too long for a license file.",
};

/** Runs this computer by a license file, for where there is no network. */
export const LicenseFileButton = ({
  about,
  label,
  small = false,
}: {
  readonly about: About;
  readonly label: string;
  readonly small?: boolean;
}): ReactElement => {
  const [failure, setFailure] = useState<LatchkeyError | null>(null);
  const id = useId();
  const take = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    if (file.size > 65_536) {
      setFailure(tooLong);
      return;
    }
    const outcome = await bridge.importLicenseFile(await file.text());
    setFailure(outcome.ok ? null : outcome.error);
  };
  const words = failure && errorWords(failure, about);
  return (
    <span className="file-button">
      <input
        id={id}
        className="visually-hidden"
        type="file"
        accept=".latchkey,.lic,.txt"
        aria-describedby={`${id}-failure`}
        onChange={(event) => {
          void take(event.target.files?.[0]);
          // The same file may be chosen again after it was refused.
          event.target.value = "";
        }}
      />
      <label htmlFor={id} className={buttonClass({ small })}>
        {label}
      </label>
      <span id={`${id}-failure`} role="status" className="field-error">
        {words && `${words.headline}. ${words.body}`}
      </span>
    </span>
  );
};
