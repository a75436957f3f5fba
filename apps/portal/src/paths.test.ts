import { expect, test } from "vitest";
import { paths } from "./paths.ts";

test("every address stays what mails and bookmarks hold", () => {
  expect({
    home: paths.home(),
    signIn: paths.signIn(),
    signInNext: paths.signIn({ next: "/plans?interval=year" }),
    signUp: paths.signUp(),
    checkMail: paths.checkMail({ email: "kim+1@acme.test" }),
    mailVerified: paths.mailVerified(),
    forgotPassword: paths.forgotPassword(),
    resetPassword: paths.resetPassword(),
    plans: paths.plans(),
    publicPlans: paths.publicPlans(),
    checkout: paths.checkout("c-1"),
    sandboxCheckout: paths.sandboxCheckout("c-1"),
    licenses: paths.licenses(),
    license: paths.license("l-1"),
    members: paths.members(),
    invitation: paths.invitation({ token: "t" }),
    newOrganization: paths.newOrganization(),
    account: paths.account(),
  }).toEqual({
    home: "/",
    signIn: "/sign-in",
    signInNext: "/sign-in?next=%2Fplans%3Finterval%3Dyear",
    signUp: "/sign-up",
    checkMail: "/check-mail?email=kim%2B1%40acme.test",
    mailVerified: "/mail-verified",
    forgotPassword: "/forgot-password",
    resetPassword: "/reset-password",
    plans: "/plans",
    publicPlans: "/pricing",
    checkout: "/checkout/c-1",
    sandboxCheckout: "/sandbox/checkout/c-1",
    licenses: "/licenses",
    license: "/licenses/l-1",
    members: "/members",
    invitation: "/invitation#token=t",
    newOrganization: "/organizations/new",
    account: "/account",
  });
});
