import type { JobRunStatus, LicenseStatus, MailStatus } from "@latchkey/contracts";
import { api, cursorPages, orNull } from "@latchkey/ui/web";
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

/** How many rows a list brings at a time. */
const limit = 50;

export interface LicenseFilter {
  readonly status?: LicenseStatus;
  readonly q?: string;
}

export interface MailFilter {
  readonly status?: MailStatus;
  readonly to?: string;
}

export interface JobFilter {
  readonly status?: JobRunStatus;
}

export interface AuditFilter {
  readonly targetId?: string;
}

/** Everything the admin app asks the server, each under the one key that names it. */
export const queries = {
  /** Who is signed in; null for nobody. */
  me: () =>
    queryOptions({
      queryKey: ["me"],
      queryFn: ({ signal }) => orNull("UNAUTHENTICATED", api.me.get.query({}, { signal })),
    }),
  /** What time the sandbox believes it is; null where there is no sandbox. */
  sandboxClock: () =>
    queryOptions({
      queryKey: ["sandbox-clock"],
      queryFn: ({ signal }) => orNull("NOT_FOUND", api.sandbox.clock.query({}, { signal })),
      staleTime: 60_000,
    }),
  sandboxMails: (filter: Pick<MailFilter, "to">) =>
    infiniteQueryOptions({
      queryKey: ["sandbox-mails", filter],
      queryFn: ({ pageParam: cursor, signal }) =>
        api.sandbox.outbox.query({ ...filter, cursor, limit: 20 }, { signal }),
      ...cursorPages,
    }),
  licenses: (filter: LicenseFilter) =>
    infiniteQueryOptions({
      queryKey: ["licenses", filter],
      queryFn: ({ pageParam: cursor, signal }) =>
        api.admin.licenses.list.query({ ...filter, cursor, limit }, { signal }),
      ...cursorPages,
    }),
  license: (licenseId: string) =>
    queryOptions({
      queryKey: ["license", licenseId],
      queryFn: ({ signal }) => api.admin.licenses.get.query({ licenseId }, { signal }),
    }),
  mails: (filter: MailFilter) =>
    infiniteQueryOptions({
      queryKey: ["mails", filter],
      queryFn: ({ pageParam: cursor, signal }) =>
        api.admin.mails.list.query({ ...filter, cursor, limit }, { signal }),
      ...cursorPages,
    }),
  jobs: (filter: JobFilter) =>
    infiniteQueryOptions({
      queryKey: ["jobs", filter],
      queryFn: ({ pageParam: cursor, signal }) =>
        api.admin.jobs.list.query({ ...filter, cursor, limit }, { signal }),
      ...cursorPages,
    }),
  audit: (filter: AuditFilter) =>
    infiniteQueryOptions({
      queryKey: ["audit", filter],
      queryFn: ({ pageParam: cursor, signal }) =>
        api.admin.audit.list.query({ ...filter, cursor, limit }, { signal }),
      ...cursorPages,
    }),
};
