/**
 * The portal's pages that mails and payment pages lead to, as absolute addresses; apps/portal's
 * `paths.ts` serves them. `publicUrl` has no slash at its end.
 */
export const portalPages = (publicUrl: string) => ({
  plans: `${publicUrl}/plans`,
  signIn: `${publicUrl}/sign-in`,
  forgotPassword: `${publicUrl}/forgot-password`,
  /** Where a checkout ends: it shows the license key as soon as there is one. */
  checkout: (checkoutSessionId: string): string => `${publicUrl}/checkout/${checkoutSessionId}`,
  license: (licenseId: string): string => `${publicUrl}/licenses/${licenseId}`,
  /** The token stands behind the hash, which browsers send to no server and write into no log. */
  invitation: (token: string): string =>
    `${publicUrl}/invitation#token=${encodeURIComponent(token)}`,
});
