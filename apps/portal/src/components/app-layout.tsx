import { Button, Mark, Shell } from "@latchkey/ui";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { ReactElement } from "react";
import { Link, NavLink, Navigate, Outlet, createPath, useLocation } from "react-router";
import { useMembership } from "../api/member.ts";
import { queries } from "../api/queries.ts";
import { paths } from "../paths.ts";
import { OrganizationSwitcher } from "./organization-switcher.tsx";
import { useSignOut } from "./sign-out.ts";
import { VerifyMailNotice } from "./verify-mail-notice.tsx";

const destinations = [
  { to: paths.licenses(), label: "Licenses" },
  { to: paths.plans(), label: "Plans" },
  { to: paths.members(), label: "Members" },
  { to: paths.account(), label: "Account" },
];

/** Moves the reader to the new page after a link, as the browser does for whole documents. */
const useFocusOnNavigation = (): void => {
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    document.getElementById("main")?.focus();
  }, [pathname]);
};

const MemberLayout = (): ReactElement => {
  const { me } = useMembership();
  const signOut = useSignOut();
  useFocusOnNavigation();
  return (
    <Shell
      brand={
        <Link to={paths.home()} className="brand">
          <Mark />
          Latchkey
        </Link>
      }
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
