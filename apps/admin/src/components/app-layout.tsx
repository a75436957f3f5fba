import { Button, ClockOffsetProvider, Shell } from "@latchkey/ui";
import { Brand, useFocusOnNavigation, useSignOut } from "@latchkey/ui/web";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { NavLink, Navigate, Outlet, createPath, useLocation } from "react-router";
import { queries } from "../api/queries.ts";
import { useMe } from "../api/staff.ts";
import { base, paths } from "../paths.ts";
import { NotStaff } from "./not-staff.tsx";
import { SandboxEdge } from "./sandbox-edge.tsx";

const destinations = [
  { to: paths.licenses(), label: "Licenses" },
  { to: paths.mails(), label: "Mails" },
  { to: paths.jobs(), label: "Jobs" },
  { to: paths.audit(), label: "Audit" },
];

const sandboxDestinations = [{ to: paths.sandboxMails(), label: "Sandbox mails" }];

const StaffLayout = (): ReactElement => {
  const me = useMe();
  const signOut = useSignOut(`${base}${paths.signIn()}`);
  const { data: clock, dataUpdatedAt } = useQuery(queries.sandboxClock());
  useFocusOnNavigation();
  const inSandbox = clock !== null && clock !== undefined;
  const offsetMs = inSandbox ? Date.parse(clock.now) - dataUpdatedAt : 0;
  return (
    <ClockOffsetProvider offsetMs={offsetMs}>
      <div className={inSandbox ? "sandbox" : ""}>
        {inSandbox && <SandboxEdge offsetMs={offsetMs} />}
        <Shell
          brand={<Brand app="Latchkey staff" home={paths.licenses()} />}
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
