import type { JobRunStatus, LicenseStatus, MailStatus } from "@latchkey/contracts";
import { withQuery } from "@latchkey/ui/web";

/** Where the app lives on its host; paths below are relative to it. */
export const base = "/admin";

/** Every address of the admin app; a filtered list is an address that can be shared. */
export const paths = {
  home: () => "/",
  signIn: ({ next }: { readonly next?: string } = {}) => withQuery("/sign-in", { next }),
  licenses: (filter: { readonly status?: LicenseStatus; readonly q?: string } = {}) =>
    withQuery("/licenses", filter),
  license: (licenseId: string) => `/licenses/${licenseId}`,
  mails: (filter: { readonly status?: MailStatus; readonly to?: string } = {}) =>
    withQuery("/mails", filter),
  jobs: (filter: { readonly status?: JobRunStatus } = {}) => withQuery("/jobs", filter),
  audit: (filter: { readonly targetId?: string } = {}) => withQuery("/audit", filter),
  sandboxMails: (filter: { readonly to?: string } = {}) => withQuery("/sandbox/mails", filter),
};
