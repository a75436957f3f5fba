import { redirect } from "react-router";
import type { RouteObject } from "react-router";
import { forMember } from "./api/member.ts";
import { AppLayout } from "./components/app-layout.tsx";
import { BareNotFound, BarePageFailure, PageFailure } from "./components/page-failure.tsx";
import * as account from "./pages/account.tsx";
import * as checkMail from "./pages/check-mail.tsx";
import * as checkout from "./pages/checkout.tsx";
import * as forgotPassword from "./pages/forgot-password.tsx";
import * as invitation from "./pages/invitation.tsx";
import * as license from "./pages/license.tsx";
import * as licenses from "./pages/licenses.tsx";
import * as mailVerified from "./pages/mail-verified.tsx";
import * as members from "./pages/members.tsx";
import * as newOrganization from "./pages/new-organization.tsx";
import * as plans from "./pages/plans.tsx";
import * as publicPlans from "./pages/public-plans.tsx";
import * as resetPassword from "./pages/reset-password.tsx";
import * as sandboxCheckout from "./pages/sandbox-checkout.tsx";
import * as signIn from "./pages/sign-in.tsx";
import * as signUp from "./pages/sign-up.tsx";
import { paths } from "./paths.ts";

const memberPages: RouteObject[] = [
  { path: paths.home(), loader: () => redirect(paths.licenses()) },
  { path: paths.licenses(), loader: licenses.loader, Component: licenses.Component },
  { path: paths.license(":licenseId"), loader: license.loader, Component: license.Component },
  { path: paths.plans(), loader: plans.loader, Component: plans.Component },
  {
    path: paths.checkout(":checkoutSessionId"),
    loader: checkout.loader,
    Component: checkout.Component,
  },
  { path: paths.members(), loader: members.loader, Component: members.Component },
  { path: paths.account(), Component: account.Component },
];

const openPages: RouteObject[] = [
  { path: paths.signIn(), Component: signIn.Component },
  { path: paths.signUp(), Component: signUp.Component },
  { path: paths.checkMail(), loader: checkMail.loader, Component: checkMail.Component },
  { path: paths.mailVerified(), loader: mailVerified.loader, Component: mailVerified.Component },
  { path: paths.forgotPassword(), Component: forgotPassword.Component },
  { path: paths.resetPassword(), Component: resetPassword.Component },
  { path: paths.publicPlans(), loader: publicPlans.loader, Component: publicPlans.Component },
  { path: paths.invitation(), loader: invitation.loader, Component: invitation.Component },
  {
    path: paths.newOrganization(),
    loader: newOrganization.loader,
    Component: newOrganization.Component,
  },
  {
    path: paths.sandboxCheckout(":checkoutSessionId"),
    loader: sandboxCheckout.loader,
    Component: sandboxCheckout.Component,
  },
  { path: "*", Component: BareNotFound },
];

/** Nothing is drawn before its data is there; the first page has the empty document until then. */
const untilLoaded = { HydrateFallback: () => null };

export const routes: RouteObject[] = [
  {
    Component: AppLayout,
    loader: forMember(() => null),
    ErrorBoundary: BarePageFailure,
    ...untilLoaded,
    children: [{ ErrorBoundary: PageFailure, children: memberPages }],
  },
  { ErrorBoundary: BarePageFailure, ...untilLoaded, children: openPages },
];
