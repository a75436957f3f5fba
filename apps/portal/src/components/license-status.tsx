import type { LicenseStatus as Value } from "@latchkey/contracts";
import { Status } from "@latchkey/ui";
import type { Tone } from "@latchkey/ui";
import type { ReactElement } from "react";

const looks = {
  active: ["good", "Active"],
  past_due: ["notice", "Payment overdue"],
  suspended: ["bad", "Suspended"],
  expired: ["idle", "Expired"],
  revoked: ["bad", "Withdrawn"],
} as const satisfies Record<Value, readonly [Tone, string]>;

/** A license's status; a trial that runs is called one. */
export const LicenseStatus = ({
  status,
  trial,
}: {
  readonly status: Value;
  readonly trial: boolean;
}): ReactElement => {
  const [tone, word] = looks[status];
  return <Status tone={tone}>{status === "active" && trial ? "Trial" : word}</Status>;
};
