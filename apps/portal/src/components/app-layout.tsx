import { Button, Mark, Shell } from "@latchkey/ui";
import { useEffect, useRef } from "react";
import type { ReactElement } from "react";
import { Link, NavLink, Outlet, useLocation } from "react-router";
import { useMembership } from "../api/member.ts";
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

/** The frame of everything that a member of an organization sees. */
export const AppLayout = (): ReactElement => {
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
