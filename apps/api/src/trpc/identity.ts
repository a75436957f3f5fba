/** Who a request's cookie or bearer token belongs to. */
export interface Identity {
  readonly userId: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly sessionId: string;
  readonly activeOrganizationId: string | null;
}

/** What the procedures need of sign-in; `auth/` provides it. */
export interface Identities {
  /** The identity behind the cookie or bearer token, or null. */
  findIdentity(headers: Headers): Promise<Identity | null>;
  /** Makes an organization the active one of this sign-in; null leaves none. */
  setActiveOrganization(headers: Headers, organizationId: string | null): Promise<void>;
}
