import { api, cursorPages, orNull } from "@latchkey/ui/web";
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

/** How often what is live is asked for, in ms. */
const liveMs = 3_000;

/** Everything the portal asks the server, each under the one key that names it. */
export const queries = {
  /** Who is signed in; null for nobody. */
  me: () =>
    queryOptions({
      queryKey: ["me"],
      queryFn: ({ signal }) => orNull("UNAUTHENTICATED", api.me.get.query({}, { signal })),
    }),
  /** Whether mail is only played here. */
  sandbox: () =>
    queryOptions({
      queryKey: ["sandbox"],
      queryFn: ({ signal }) => api.sandbox.status.query({}, { signal }),
      staleTime: Infinity,
    }),
  organizations: () =>
    queryOptions({
      queryKey: ["organizations"],
      queryFn: ({ signal }) => api.organizations.list.query({ limit: 100 }, { signal }),
    }),
  plans: () =>
    queryOptions({
      queryKey: ["plans"],
      queryFn: ({ signal }) => api.plans.list.query({ limit: 100 }, { signal }),
    }),
  /** Asked for every second until the payment provider's word has arrived. */
  checkout: (checkoutSessionId: string) =>
    queryOptions({
      queryKey: ["checkout", checkoutSessionId],
      queryFn: ({ signal }) => api.checkout.get.query({ checkoutSessionId }, { signal }),
      refetchInterval: ({ state }) => (state.data?.status === "open" ? 1_000 : false),
    }),
  sandboxPaymentPage: (checkoutSessionId: string) =>
    queryOptions({
      queryKey: ["sandbox-payment-page", checkoutSessionId],
      queryFn: ({ signal }) => api.sandbox.paymentPage.query({ checkoutSessionId }, { signal }),
    }),
  licenses: () =>
    infiniteQueryOptions({
      queryKey: ["licenses"],
      queryFn: ({ pageParam: cursor, signal }) => api.licenses.list.query({ cursor }, { signal }),
      ...cursorPages,
    }),
  /** As many as come at once, for what a page wants to know of them without showing them. */
  recentLicenses: () =>
    queryOptions({
      queryKey: ["recent-licenses"],
      queryFn: ({ signal }) => api.licenses.list.query({ limit: 100 }, { signal }),
    }),
  license: (licenseId: string) =>
    queryOptions({
      queryKey: ["license", licenseId],
      queryFn: ({ signal }) => api.licenses.get.query({ licenseId }, { signal }),
      refetchInterval: liveMs,
    }),
  /** Who holds the seats now, as it changes. */
  sessions: (licenseId: string) =>
    infiniteQueryOptions({
      queryKey: ["sessions", licenseId],
      queryFn: ({ pageParam: cursor, signal }) =>
        api.sessions.list.query({ licenseId, cursor, limit: 50 }, { signal }),
      refetchInterval: liveMs,
      ...cursorPages,
    }),
  /** The computers activated now, as they change: the license beside them counts them. */
  machines: (licenseId: string) =>
    infiniteQueryOptions({
      queryKey: ["machines", licenseId],
      queryFn: ({ pageParam: cursor, signal }) =>
        api.machines.list.query({ licenseId, cursor, limit: 50 }, { signal }),
      refetchInterval: liveMs,
      ...cursorPages,
    }),
  members: () =>
    infiniteQueryOptions({
      queryKey: ["members"],
      queryFn: ({ pageParam: cursor, signal }) =>
        api.members.list.query({ cursor, limit: 50 }, { signal }),
      ...cursorPages,
    }),
  invitations: () =>
    infiniteQueryOptions({
      queryKey: ["invitations"],
      queryFn: ({ pageParam: cursor, signal }) =>
        api.members.listInvitations.query({ cursor, limit: 50 }, { signal }),
      ...cursorPages,
    }),
};
