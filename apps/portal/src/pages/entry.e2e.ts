import { codeNow } from "@latchkey/testing/authenticator-code";
import { linkIn, startVisitedHouse, submitSignIn } from "@latchkey/testing/visited-house";
import type { VisitedHouse } from "@latchkey/testing/visited-house";
import { afterAll, beforeAll, expect, test } from "vitest";

let house: VisitedHouse;

beforeAll(async () => {
  house = await startVisitedHouse();
});
afterAll(() => house.stop());

test("somebody signs up, confirms their address by mail and sees what to do next", async () => {
  const email = "kim@acme.test";
  const { page, complaints } = await house.visit("/");
  await page.getByRole("link", { name: "Create an account" }).click();
  await page.getByLabel("Your name").fill("Kim Acme");
  await page.getByLabel("Mail address").fill(email);
  await page.getByLabel("Password").fill("password1");
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("alert").waitFor();
  await page.getByLabel("Password").fill("umbrella seven lantern");
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("heading", { name: "Check your mail" }).waitFor();
  await page.getByText("This is a sandbox, and no mail leaves it").waitFor();

  await page.getByRole("link", { name: "Sign in" }).click();
  await submitSignIn(page, { email, password: "umbrella seven lantern" });
  await page.getByText("Confirm your mail address.").waitFor();
  await page.getByRole("link", { name: "Plans", exact: true }).click();
  await page.getByText("Confirm your mail address first.").first().waitFor();

  await page.goto(linkIn((await house.mail(email, "verify-email")).text));
  await page.getByRole("heading", { name: "Your address is confirmed" }).waitFor();
  await page.getByRole("link", { name: "Go on" }).click();
  await page.getByRole("heading", { name: "No license yet" }).waitFor();
  expect(await page.getByText("Confirm your mail address").count()).toBe(0);
  expect(complaints).toEqual([]);
});

test("a wrong password is refused in words, and the right one leads back to where one was going", async () => {
  const { email, password } = await house.person();
  const { page } = await house.visit("/plans?interval=year");
  await submitSignIn(page, { email, password: "not the password at all" });
  expect(await page.getByRole("alert").textContent()).toContain("do not match");
  await submitSignIn(page, { email, password });
  await page.getByText("$290.00").waitFor();
  expect(new URL(page.url()).pathname).toBe("/plans");
});

test("a forgotten password is replaced by the link in the mail, which works once", async () => {
  const { email } = await house.person();
  const { page } = await house.visit("/forgot-password");
  await page.getByLabel("Mail address").fill(email);
  await page.getByRole("button", { name: "Send me a link" }).click();
  await page.getByText("If there is an account").waitFor();
  const link = linkIn((await house.mail(email, "reset-password")).text);
  const replaced = "a kettle of distant trains";
  await page.goto(link);
  await page.getByLabel("New password").fill(replaced);
  await page.getByRole("button", { name: "Save password" }).click();
  await page.getByRole("link", { name: "Sign in" }).click();
  await submitSignIn(page, { email, password: replaced });
  await page.getByRole("heading", { name: "Licenses" }).waitFor();

  await page.goto(link);
  await page.getByLabel("New password").fill("another kettle of trains");
  await page.getByRole("button", { name: "Save password" }).click();
  expect(await page.getByRole("alert").textContent()).toContain("has been used");
});

test("with codes turned on, the password alone lets nobody in", async () => {
  const { email, password } = await house.person();
  const { page } = await house.visit("/account");
  await submitSignIn(page, { email, password });
  await page.getByLabel("Your password").fill(password);
  await page.getByRole("button", { name: "Turn on" }).click();
  await page.getByLabel("Code from your authenticator app").waitFor();
  // Only the app's code turns codes on; a backup code would be used up for nothing.
  expect(await page.getByRole("button", { name: "Use a backup code" }).count()).toBe(0);
  const byHand = await page.getByText("enter this key by hand").textContent();
  const secret = /[A-Z2-7]{16,}/.exec(byHand ?? "")?.[0] ?? "";
  await page.getByLabel("Code from your authenticator app").fill(codeNow(secret));
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByText("Codes are on.").waitFor();

  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await submitSignIn(page, { email, password });
  await page.getByLabel("Code from your authenticator app").fill("000000");
  await page.getByRole("button", { name: "Go on" }).click();
  expect(await page.getByRole("alert").textContent()).toContain("This code is not right.");
  await page.getByLabel("Code from your authenticator app").fill(codeNow(secret));
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByRole("heading", { name: "Licenses" }).waitFor();
});

test("a page that is not there says so and offers a way on", async () => {
  const { page } = await house.visit("/no/such/page");
  await page.getByRole("heading", { name: "Nothing here" }).waitFor();
  await page.getByRole("link", { name: "See your licenses" }).waitFor();
});
