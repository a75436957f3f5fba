import { redirect } from "react-router";
import type { RouteObject } from "react-router";
import { queries } from "./api/queries.ts";
import { queryClient } from "./api/query-client.ts";
import { forStaff } from "./api/staff.ts";
import { AppLayout } from "./components/app-layout.tsx";
import { BareNotFound, BarePageFailure, PageFailure } from "./components/page-failure.tsx";
import * as audit from "./pages/audit.tsx";
import * as jobs from "./pages/jobs.tsx";
import * as license from "./pages/license.tsx";
import * as licenses from "./pages/licenses.tsx";
import * as mails from "./pages/mails.tsx";
import * as sandboxMails from "./pages/sandbox-mails.tsx";
import * as signIn from "./pages/sign-in.tsx";
import { paths } from "./paths.ts";

const staffPages: RouteObject[] = [
  { path: paths.home(), loader: () => redirect(paths.licenses()) },
  { path: paths.licenses(), loader: licenses.loader, Component: licenses.Component },
  { path: paths.license(":licenseId"), loader: license.loader, Component: license.Component },
  { path: paths.mails(), loader: mails.loader, Component: mails.Component },
  { path: paths.jobs(), loader: jobs.loader, Component: jobs.Component },
  { path: paths.audit(), loader: audit.loader, Component: audit.Component },
  { path: paths.sandboxMails(), loader: sandboxMails.loader, Component: sandboxMails.Component },
];

/** Nothing is drawn before its data is there; the first page has the empty document until then. */
const untilLoaded = { HydrateFallback: () => null };

export const routes: RouteObject[] = [
  {
    Component: AppLayout,
    loader: forStaff(() => queryClient.ensureQueryData(queries.sandboxClock())),
    ErrorBoundary: BarePageFailure,
    ...untilLoaded,
    children: [{ ErrorBoundary: PageFailure, children: staffPages }],
  },
  { path: paths.signIn(), Component: signIn.Component, ...untilLoaded },
  { path: "*", Component: BareNotFound },
];
