/** The words of staff, which are the design's: each status has its one word and its tone here. */
import type { JobRunStatus, LicenseStatus, MailStatus } from "@latchkey/contracts";
import type { Tone } from "@latchkey/ui";

/** What a license's status is called; a trial that runs is called one. */
export const licenseWords = {
  active: "Active",
  trial: "Trial",
  past_due: "Past due",
  suspended: "Suspended",
  expired: "Expired",
  revoked: "Revoked",
} as const satisfies Record<LicenseStatus | "trial", string>;

export const jobWords = {
  queued: "Queued",
  running: "Running",
  succeeded: "Succeeded",
  retrying: "Retrying",
  failed: "Failed",
} as const satisfies Record<JobRunStatus, string>;

export const jobTones = {
  queued: "idle",
  running: "idle",
  succeeded: "good",
  retrying: "notice",
  failed: "bad",
} as const satisfies Record<JobRunStatus, Tone>;

export const mailWords = {
  queued: "Queued",
  sent: "Sent",
  failed: "Failed",
} as const satisfies Record<MailStatus, string>;

export const mailTones = {
  queued: "idle",
  sent: "good",
  failed: "bad",
} as const satisfies Record<MailStatus, Tone>;
