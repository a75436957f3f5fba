import type { LicenseStatus as Value } from "@latchkey/contracts";
import { Status } from "@latchkey/ui";
import type { Tone } from "@latchkey/ui";
import type { ReactElement } from "react";

export const licenseStatuses = {
  active: ["good", "Active"],
  past_due: ["notice", "Past due"],
  suspended: ["bad", "Suspended"],
  expired: ["idle", "Expired"],
  revoked: ["bad", "Revoked"],
} as const satisfies Record<Value, readonly [Tone, string]>;

/** A license's status; a trial that runs is called one. */
export const LicenseStatus = ({
  status,
  trial,
}: {
  readonly status: Value;
  readonly trial: boolean;
}): ReactElement => {
  const [tone, word] = licenseStatuses[status];
  return <Status tone={tone}>{status === "active" && trial ? "Trial" : word}</Status>;
};
