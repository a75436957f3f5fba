import { Button, Shell } from "@latchkey/ui";
import { Brand, useFocusOnNavigation, useSignOut } from "@latchkey/ui/web";
import { useSuspenseQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { NavLink, Navigate, Outlet, createPath, useLocation } from "react-router";
import { useMembership } from "../api/member.ts";
import { queries } from "../api/queries.ts";
import { paths } from "../paths.ts";
import { OrganizationSwitcher } from "./organization-switcher.tsx";
import { VerifyMailNotice } from "./verify-mail-notice.tsx";

const destinations = [
  { to: paths.licenses(), label: "Licenses" },
  { to: paths.plans(), label: "Plans" },
  { to: paths.members(), label: "Members" },
  { to: paths.account(), label: "Account" },
];

const MemberLayout = (): ReactElement => {
  const { me } = useMembership();
  const signOut = useSignOut(paths.signIn());
  useFocusOnNavigation();
  return (
    <Shell
      brand={<Brand app="Latchkey" home={paths.home()} />}
      nav={
        <ul>
          {destinations.map(({ to, label }) => (
            <li key={to}>
              <NavLink to={to}>{label}</NavLink>
            </li>
          ))}
        </ul>
      }
      account={
        <>
          <OrganizationSwitcher />
          <span className="quiet account-mail">{me.email}</span>
          <div>
            <Button small onClick={() => signOut.mutate()} busy={signOut.isPending}>
              Sign out
            </Button>
          </div>
        </>
      }
    >
      <div className="stack">
        {!me.emailVerified && <VerifyMailNotice email={me.email} />}
        <Outlet />
      </div>
    </Shell>
  );
};

/** The frame of everything that a member of an organization sees; who ceases to be one is led on. */
export const AppLayout = (): ReactElement => {
  const { data: me } = useSuspenseQuery(queries.me());
  const next = createPath(useLocation());
  if (me === null) return <Navigate to={paths.signIn({ next })} replace />;
  if (me.activeOrganization === null) return <Navigate to={paths.newOrganization()} replace />;
  return <MemberLayout />;
};
