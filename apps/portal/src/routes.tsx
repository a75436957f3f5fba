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
  { path: paths.licenses(), ...licenses },
  { path: paths.license(":licenseId"), ...license },
  { path: paths.plans(), ...plans },
  { path: paths.checkout(":checkoutSessionId"), ...checkout },
  { path: paths.members(), ...members },
  { path: paths.account(), ...account },
];

const openPages: RouteObject[] = [
  { path: paths.signIn(), ...signIn },
  { path: paths.signUp(), ...signUp },
  { path: paths.checkMail(), ...checkMail },
  { path: paths.mailVerified(), ...mailVerified },
  { path: paths.forgotPassword(), ...forgotPassword },
  { path: paths.resetPassword(), ...resetPassword },
  { path: paths.publicPlans(), ...publicPlans },
  { path: paths.invitation(), ...invitation },
  { path: paths.newOrganization(), ...newOrganization },
  { path: paths.sandboxCheckout(":checkoutSessionId"), ...sandboxCheckout },
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
