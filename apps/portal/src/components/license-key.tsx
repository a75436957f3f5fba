import { CopyButton } from "@latchkey/ui";
import type { ReactElement, ReactNode } from "react";

/** A whole key on its tag, with the button that copies it and, as children, what else is done with it. */
export const LicenseKey = ({
  licenseKey,
  children,
}: {
  readonly licenseKey: string;
  readonly children?: ReactNode;
}): ReactElement => (
  <div className="row">
    <span className="key-tag">{licenseKey}</span>
    <CopyButton text={licenseKey} label="Copy key" />
    {children}
  </div>
);
