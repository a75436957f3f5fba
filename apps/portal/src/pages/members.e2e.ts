import { linkIn, startVisitedHouse } from "@latchkey/testing/visited-house";
import type { VisitedHouse } from "@latchkey/testing/visited-house";
import { afterAll, beforeAll, expect, test } from "vitest";

let house: VisitedHouse;

beforeAll(async () => {
  house = await startVisitedHouse();
});
afterAll(() => house.stop());

test("an invited person joins by the mail, sees what their role allows, and is removed again", async () => {
  const [owner, guest] = [await house.person("Kim Owner"), await house.person("Lee Guest")];
  const { page: office } = await house.visitAs(owner, "/members");
  await office.getByLabel("Mail address").fill(guest.email);
  await office.getByLabel("Role", { exact: true }).selectOption("billing");
  await office.getByRole("button", { name: "Send invitation" }).click();
  await office.getByText(`on its way to ${guest.email}`).waitFor();
  await office.getByRole("table", { name: "Open invitations" }).getByText(guest.email).waitFor();

  const { text } = await house.mail(guest.email, "invitation");
  const link = new URL(linkIn(text));
  const { page: home } = await house.visitAs(guest, `${link.pathname}${link.hash}`);
  await home.getByRole("heading", { name: "You are invited" }).waitFor();
  await home.getByRole("button", { name: "Join" }).click();
  await home.getByRole("heading", { name: "Licenses" }).waitFor();
  const choices = home.getByLabel("Organization", { exact: true }).locator("option");
  // The organization joined, their own, and the way to a new one.
  await choices.nth(2).waitFor({ state: "attached" });
  await home.getByRole("link", { name: "Members" }).click();
  await home.getByText("Needs the role owner or admin; yours is billing.").first().waitFor();
  expect(await home.getByRole("button", { name: /^Remove/ }).count()).toBe(0);

  await office.reload();
  await office.getByLabel("Role of Lee Guest").selectOption("admin");
  await home.reload();
  await home.getByRole("button", { name: "Remove Kim Owner" }).waitFor();
  await office.getByRole("button", { name: "Remove Lee Guest" }).click();
  await office.getByRole("dialog").getByRole("button", { name: "Remove member" }).click();
  await office.getByLabel("Role of Lee Guest").waitFor({ state: "detached" });
});

test("an invitation is withdrawn", async () => {
  const { page } = await house.visitAs(await house.person(), "/members");
  await page.getByLabel("Mail address").fill("nobody@acme.test");
  await page.getByRole("button", { name: "Send invitation" }).click();
  await page.getByRole("button", { name: "Withdraw the invitation of nobody@acme.test" }).click();
  await page.getByRole("table", { name: "Open invitations" }).waitFor({ state: "detached" });
});

test("the last owner cannot leave, and is told why", async () => {
  const { page } = await house.visitAs(await house.person(), "/members");
  await page.getByRole("button", { name: "Leave…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Leave" }).click();
  expect(await page.getByRole("dialog").getByRole("alert").textContent()).toMatch(/owner/);
});

test("an organization is renamed, and a second one is made and switched to", async () => {
  const { page } = await house.visitAs(await house.person(), "/members");
  await page.getByRole("textbox", { name: "Name" }).fill("Acme Studios");
  await page.getByRole("button", { name: "Save name" }).click();
  await page.getByRole("heading", { name: "Leave Acme Studios" }).waitFor();
  await page
    .getByLabel("Organization", { exact: true })
    .selectOption({ label: "New organization…" });
  await page.getByRole("textbox", { name: "Name" }).fill("Second Studio");
  await page.getByRole("button", { name: "Create organization" }).click();
  await page.getByText("What Second Studio may run").waitFor();
  await page.getByLabel("Organization", { exact: true }).selectOption({ label: "Acme Studios" });
  await page.getByText("What Acme Studios may run").waitFor();
});
