import { Button, ClockOffsetProvider, Mark, Shell } from "@latchkey/ui";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { ReactElement } from "react";
import { Link, NavLink, Navigate, Outlet, createPath, useLocation } from "react-router";
import { queries } from "../api/queries.ts";
import { useMe } from "../api/staff.ts";
import { paths } from "../paths.ts";
import { NotStaff } from "./not-staff.tsx";
import { SandboxEdge } from "./sandbox-edge.tsx";
import { useSignOut } from "./sign-out.ts";

const destinations = [
  { to: paths.licenses(), label: "Licenses" },
  { to: paths.mails(), label: "Mails" },
  { to: paths.jobs(), label: "Jobs" },
  { to: paths.audit(), label: "Audit" },
];

const sandboxDestinations = [{ to: paths.sandboxMails(), label: "Sandbox mails" }];

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

const StaffLayout = (): ReactElement => {
  const me = useMe();
  const signOut = useSignOut();
  const { data: clock, dataUpdatedAt } = useQuery(queries.sandboxClock());
  useFocusOnNavigation();
  const inSandbox = clock !== null && clock !== undefined;
  const offsetMs = inSandbox ? Date.parse(clock.now) - dataUpdatedAt : 0;
  return (
    <ClockOffsetProvider offsetMs={offsetMs}>
      <div className={inSandbox ? "sandbox" : ""}>
        {inSandbox && <SandboxEdge offsetMs={offsetMs} />}
        <Shell
          brand={
            <Link to={paths.licenses()} className="brand">
              <Mark />
              Latchkey staff
            </Link>
          }
          nav={
            <ul>
              {[...destinations, ...(inSandbox ? sandboxDestinations : [])].map(({ to, label }) => (
                <li key={to}>
                  <NavLink to={to}>{label}</NavLink>
                </li>
              ))}
            </ul>
          }
          account={
            <>
              <span className="quiet account-mail">
                {me.email}, {me.staffRole}
              </span>
              <div>
                <Button small onClick={() => signOut.mutate()} busy={signOut.isPending}>
                  Sign out
                </Button>
              </div>
            </>
          }
        >
          <Outlet />
        </Shell>
      </div>
    </ClockOffsetProvider>
  );
};

/** The frame of everything that staff see; anybody else is told whom this app is for. */
export const AppLayout = (): ReactElement => {
  const { data: me } = useSuspenseQuery(queries.me());
  const next = createPath(useLocation());
  if (me === null) return <Navigate to={paths.signIn({ next })} replace />;
  return me.staffRole === null ? <NotStaff /> : <StaffLayout />;
};
