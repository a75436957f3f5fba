import type { JobRunStatus, LicenseStatus, MailStatus } from "@latchkey/contracts";

/** Where the app lives on its host; paths below are relative to it. */
export const base = "/admin";

/** `path` with the parameters that are not empty. */
const withQuery = (path: string, parameters: Readonly<Record<string, string | undefined>>) => {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value) query.set(name, value);
  return query.size === 0 ? path : `${path}?${query}`;
};

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
  audit: (filter: { readonly organizationId?: string; readonly targetId?: string } = {}) =>
    withQuery("/audit", filter),
  sandboxMails: (filter: { readonly to?: string } = {}) => withQuery("/sandbox/mails", filter),
};

/** The path to go on to, from an address's `next`; home where it is missing or leads elsewhere. */
export const nextPath = (search: URLSearchParams): string => {
  const next = search.get("next") ?? "";
  const here = "https://admin.invalid";
  if (!next.startsWith("/") || !URL.canParse(next, here)) return paths.home();
  const url = new URL(next, here);
  return url.origin === here ? `${url.pathname}${url.search}` : paths.home();
};
