import { CopyButton } from "@latchkey/ui";
import type { ReactElement } from "react";

/** A whole key on its tag, with the button that copies it. */
export const LicenseKey = ({ licenseKey }: { readonly licenseKey: string }): ReactElement => (
  <div className="row">
    <span className="key-tag">{licenseKey}</span>
    <CopyButton text={licenseKey} label="Copy key" />
  </div>
);
