import { expect, test } from "vitest";
import { paths } from "./paths.ts";

test("every address stays what bookmarks hold", () => {
  expect({
    home: paths.home(),
    signIn: paths.signIn({ next: "/licenses?status=suspended" }),
    licenses: paths.licenses({ status: "past_due", q: "Acme & Co" }),
    license: paths.license("l-1"),
    mails: paths.mails({ status: "failed" }),
    jobs: paths.jobs({ status: "failed" }),
    audit: paths.audit({ targetId: "l-1" }),
    sandboxMails: paths.sandboxMails({ to: "kim@acme.test" }),
  }).toEqual({
    home: "/",
    signIn: "/sign-in?next=%2Flicenses%3Fstatus%3Dsuspended",
    licenses: "/licenses?status=past_due&q=Acme+%26+Co",
    license: "/licenses/l-1",
    mails: "/mails?status=failed",
    jobs: "/jobs?status=failed",
    audit: "/audit?targetId=l-1",
    sandboxMails: "/sandbox/mails?to=kim%40acme.test",
  });
});
