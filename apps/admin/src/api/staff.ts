import { StaffRole, staffMay } from "@latchkey/contracts";
import type { Me, StaffPermission } from "@latchkey/contracts";
import { whyNotBy } from "@latchkey/ui/web";
import { useSuspenseQuery } from "@tanstack/react-query";
import { redirect } from "react-router";
import type { LoaderFunctionArgs } from "react-router";
import { base, paths } from "../paths.ts";
import { queries } from "./queries.ts";
import { queryClient } from "./query-client.ts";

/**
 * A loader for staff. Leads whoever is not signed in to do that and back again; for somebody who is
 * no staff it loads nothing, and the layout says whom this app is for.
 */
export const forStaff =
  <Loaded>(load: (args: LoaderFunctionArgs) => Promise<Loaded> | Loaded) =>
  async (args: LoaderFunctionArgs): Promise<Loaded | Response | null> => {
    const me = await queryClient.ensureQueryData(queries.me());
    if (me !== null) return me.staffRole === null ? null : load(args);
    const { pathname, search } = new URL(args.request.url);
    return redirect(paths.signIn({ next: `${pathname.slice(base.length)}${search}` }));
  };

/** Why a role may not do something, or null. */
const whyNot = whyNotBy(StaffRole.options, staffMay);

/** Who looks at the page, below a loader made by `forStaff`. */
export const useMe = (): Me => {
  const { data: me } = useSuspenseQuery(queries.me());
  if (me === null) throw new Error("This page needs a sign-in.");
  return me;
};

/** Why the person who looks may not, or null. */
export const useWhyNot = (): ((permission: StaffPermission) => string | null) => {
  const { staffRole } = useMe();
  return (permission) =>
    staffRole === null ? "You are not staff." : whyNot(staffRole, permission);
};
