/** `path` with the parameters that are not empty. */
const withQuery = (path: string, parameters: Readonly<Record<string, string | undefined>>) => {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value) query.set(name, value);
  return query.size === 0 ? path : `${path}?${query}`;
};

interface Next {
  /** Where to go on afterwards: a path of this app. */
  readonly next?: string | undefined;
}

/** Every address of the portal. Mails, payment pages and bookmarks hold them: a test pins each. */
export const paths = {
  home: () => "/",
  signIn: ({ next }: Next = {}) => withQuery("/sign-in", { next }),
  signUp: ({ next }: Next = {}) => withQuery("/sign-up", { next }),
  checkMail: ({ email }: { readonly email?: string } = {}) => withQuery("/check-mail", { email }),
  mailVerified: ({ next }: Next = {}) => withQuery("/mail-verified", { next }),
  forgotPassword: () => "/forgot-password",
  resetPassword: () => "/reset-password",
  /** For members, who can buy; `publicPlans` is for anybody who looks. */
  plans: () => "/plans",
  publicPlans: () => "/pricing",
  checkout: (checkoutSessionId: string) => `/checkout/${checkoutSessionId}`,
  sandboxCheckout: (checkoutSessionId: string) => `/sandbox/checkout/${checkoutSessionId}`,
  licenses: () => "/licenses",
  license: (licenseId: string) => `/licenses/${licenseId}`,
  members: () => "/members",
  /** The token stands behind the hash, which browsers send to no server. */
  invitation: ({ token }: { readonly token?: string } = {}) =>
    token ? `/invitation#token=${encodeURIComponent(token)}` : "/invitation",
  newOrganization: () => "/organizations/new",
  account: () => "/account",
};

/**
 * The path to go on to, from an address's `next`; home where it is missing or leads elsewhere. A link
 * to our sign-in page must never send the person who follows it to another site.
 */
export const nextPath = (search: URLSearchParams): string => {
  const next = search.get("next") ?? "";
  const here = "https://portal.invalid";
  if (!next.startsWith("/") || !URL.canParse(next, here)) return paths.home();
  const url = new URL(next, here);
  return url.origin === here ? `${url.pathname}${url.search}${url.hash}` : paths.home();
};
