import { withQuery } from "@latchkey/ui/web";

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
