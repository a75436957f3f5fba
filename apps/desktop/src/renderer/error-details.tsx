import { CopyButton } from "@latchkey/ui";
import type { ReactElement } from "react";
import type { LatchkeyError } from "../ipc.ts";

const linesOf = (error: LatchkeyError): string[] => [
  `Code: ${error.code}`,
  ...(error.code === "NETWORK" ? [`Trouble: ${error.trouble}`] : []),
  ...("validationCode" in error && error.validationCode !== null
    ? [`Verdict: ${error.validationCode}`]
    : []),
  ...("requestId" in error && error.requestId !== null ? [`Request: ${error.requestId}`] : []),
  `Said: ${error.detail}`,
];

/** What support needs to find a failure, out of the way until it is asked for. */
export const ErrorDetails = ({ error }: { readonly error: LatchkeyError }): ReactElement => {
  const lines = linesOf(error);
  return (
    <details className="details">
      <summary>Details</summary>
      <div className="stack">
        <pre>{lines.join("\n")}</pre>
        <div>
          <CopyButton text={lines.join("\n")} />
        </div>
      </div>
    </details>
  );
};
