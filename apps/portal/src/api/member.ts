import { MemberRole, memberMay } from "@latchkey/contracts";
import type { Me, MemberPermission, Organization } from "@latchkey/contracts";
import { whyNotBy } from "@latchkey/ui/web";
import { useSuspenseQuery } from "@tanstack/react-query";
import { redirect } from "react-router";
import type { LoaderFunctionArgs } from "react-router";
import { paths } from "../paths.ts";
import { queries } from "./queries.ts";
import { queryClient } from "./query-client.ts";

type Loader<Loaded> = (args: LoaderFunctionArgs) => Promise<Loaded> | Loaded;

/** A loader for whoever is signed in; leads anybody else to sign in and back again. */
export const forPerson =
  <Loaded>(load: (args: LoaderFunctionArgs, me: Me) => Promise<Loaded> | Loaded) =>
  async (args: LoaderFunctionArgs): Promise<Loaded | Response> => {
    const me = await queryClient.ensureQueryData(queries.me());
    if (me !== null) return load(args, me);
    const { pathname, search } = new URL(args.request.url);
    return redirect(paths.signIn({ next: `${pathname}${search}` }));
  };

/** As `forPerson`, for the members of an organization; leads whoever has none to make one. */
export const forMember = <Loaded>(load: Loader<Loaded>) =>
  forPerson<Loaded | Response>((args, me) =>
    me.activeOrganization === null ? redirect(paths.newOrganization()) : load(args),
  );

/** Why a role may not do something, or null. */
const whyNot = whyNotBy(MemberRole.options, memberMay);

export interface Membership {
  readonly me: Me;
  readonly organization: Organization;
  readonly role: MemberRole;
  /** Why the person may not, or null. */
  readonly whyNot: (permission: MemberPermission) => string | null;
}

/** Who looks at the page, below a loader made by `forMember`. */
export const useMembership = (): Membership => {
  const { data: me } = useSuspenseQuery(queries.me());
  const organization = me?.activeOrganization;
  const role = organization?.role;
  if (!me || !organization || !role) throw new Error("This page needs an organization.");
  return { me, organization, role, whyNot: (permission) => whyNot(role, permission) };
};
