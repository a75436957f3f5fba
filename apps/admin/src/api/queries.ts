import type { JobRunStatus, LicenseStatus, MailStatus } from "@latchkey/contracts";
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api } from "./client.ts";
import { problemOf } from "./explain.ts";

/** Lists come in pages of 50; the cursor of the first page is none. */
const limit = 50;
const pages = {
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page: { readonly nextCursor: string | null }) => page.nextCursor ?? undefined,
};

/** The answer, or null where the server says `code`. */
const orNull = async <Answer>(
  code: "UNAUTHENTICATED" | "NOT_FOUND",
  answer: Promise<Answer>,
): Promise<Answer | null> => {
  try {
    return await answer;
  } catch (error) {
    if (problemOf(error)?.code === code) return null;
    throw error;
  }
};

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
  readonly organizationId?: string;
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
      ...pages,
    }),
  licenses: (filter: LicenseFilter) =>
    infiniteQueryOptions({
      queryKey: ["licenses", filter],
      queryFn: ({ pageParam: cursor, signal }) =>
        api.admin.licenses.list.query({ ...filter, cursor, limit }, { signal }),
      ...pages,
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
      ...pages,
    }),
  jobs: (filter: JobFilter) =>
    infiniteQueryOptions({
      queryKey: ["jobs", filter],
      queryFn: ({ pageParam: cursor, signal }) =>
        api.admin.jobs.list.query({ ...filter, cursor, limit }, { signal }),
      ...pages,
    }),
  audit: (filter: AuditFilter) =>
    infiniteQueryOptions({
      queryKey: ["audit", filter],
      queryFn: ({ pageParam: cursor, signal }) =>
        api.admin.audit.list.query({ ...filter, cursor, limit }, { signal }),
      ...pages,
    }),
};
