import type { Credentials } from "@latchkey/testing/running-house";
import { startVisitedHouse } from "@latchkey/testing/visited-house";
import type { VisitedHouse } from "@latchkey/testing/visited-house";
import { afterAll, beforeAll, expect, test } from "vitest";

let house: VisitedHouse;
let customer: Credentials;
let licenseKey: string;

beforeAll(async () => {
  house = await startVisitedHouse();
  customer = await house.person("Ada Customer");
  licenseKey = await house.buy(customer, "starter");
  await house.buy(await house.person("Bob Customer"), "pro");
  const machine = { licenseKey, fingerprint: "render-01-0123456789" };
  await house.call("/licenses/activate", { ...machine, name: "render-01" });
  await house.call("/licenses/acquire", machine);
});
afterAll(() => house.stop());

test("staff find a license by its key's ending, and share the filtered list by its address", async () => {
  const { page, complaints } = await house.visitAs(await house.staff(), "/admin");
  const table = page.getByRole("table", { name: "Licenses" });
  expect(await table.getByRole("row").count()).toBe(3);
  await page.getByLabel("Search").fill(licenseKey.slice(-4));
  await page.getByRole("button", { name: "Filter" }).click();
  const row = table.getByRole("row", { name: /Ada Customer/ });
  await row.waitFor();
  await table.getByText("Bob Customer").waitFor({ state: "detached" });
  expect(await row.textContent()).toContain("1 / 3");
  expect(new URL(page.url()).searchParams.get("q")).toBe(licenseKey.slice(-4));
  await page.reload();
  await row.waitFor();

  await page.getByLabel("Status").selectOption({ label: "Suspended" });
  await page.getByRole("button", { name: "Filter" }).click();
  await page.getByText("No match for these filters").waitFor();
  await page.getByRole("link", { name: "Clear the filters" }).click();
  await table.getByText("Bob Customer").waitFor();
  expect(complaints).toEqual([]);
});

test("suspending names its effect, wants a reason, ends the session, and is undone by reinstating", async () => {
  const { page } = await house.visitAs(await house.staff("support"), "/admin");
  await page.getByRole("link", { name: /Ada Customer/ }).click();
  await page.getByText("1 of 3").waitFor();
  await page.getByRole("button", { name: "Suspend…" }).click();
  const dialog = page.getByRole("dialog", { name: "Suspend this license?" });
  await dialog.getByText("ends the 1 session now held").waitFor();
  await dialog.getByRole("button", { name: "Suspend" }).click();
  await dialog.getByText("Say why").waitFor();
  await dialog.getByLabel("Reason").fill("Chargeback of the last payment");
  await dialog.getByRole("button", { name: "Suspend" }).click();
  await page.getByText("The license is suspended.").waitFor();
  await page.getByText("0 of 3").waitFor();
  await page
    .getByRole("table", { name: "History" })
    .getByText("license.suspend", { exact: true })
    .waitFor();

  await page.getByRole("button", { name: "Reinstate…" }).click();
  await page.getByLabel("Reason").fill("Paid after all");
  await page.getByRole("dialog").getByRole("button", { name: "Reinstate" }).click();
  await page.getByText("The suspension is lifted.").waitFor();
  await page.getByText("Needs the role admin; yours is support.").waitFor();
});

test("revoking wants the key's ending typed, and a leaked key is rotated by mail", async () => {
  const { page } = await house.visitAs(await house.staff("admin"), "/admin");
  await page.getByRole("link", { name: /Bob Customer/ }).click();
  await page.getByRole("button", { name: "Rotate key…" }).click();
  await page.getByLabel("Reason").fill("Found in a public repository");
  await page.getByRole("dialog").getByRole("button", { name: "Rotate key" }).click();
  await page.getByText("the new one is on its way to the owners").waitFor();

  const key = (await page.getByText(/^LATCH-/).textContent()) ?? "";
  await page.getByRole("button", { name: "Revoke…" }).click();
  const dialog = page.getByRole("dialog", { name: "Revoke this license?" });
  await dialog.getByLabel("Reason").fill("Fraud");
  await dialog.getByRole("button", { name: "Revoke" }).click();
  await dialog.getByText(/Type .{4} exactly/).waitFor();
  await dialog.getByLabel(/to go on/).fill(key.slice(-4));
  await dialog.getByRole("button", { name: "Revoke" }).click();
  await page.getByText("The license is revoked.").waitFor();
  await page.getByText("It was revoked.").first().waitFor();
});

test("somebody who is not staff is told whom this app is for", async () => {
  const { page } = await house.visitAs(customer, "/admin/jobs");
  await page.getByRole("heading", { name: "This app is for the vendor’s staff" }).waitFor();
  await page.getByRole("link", { name: "Go to the portal" }).click();
  await page.getByRole("heading", { name: "Licenses" }).waitFor();
});

test("no page is wider than a telephone's screen", async () => {
  const { page } = await house.visitAs(await house.staff(), "/admin", 390);
  const overflow = () =>
    page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  for (const name of ["Licenses", "Mails", "Jobs", "Audit", "Sandbox mails"]) {
    await page.getByRole("link", { name, exact: true }).click();
    await page.getByRole("heading", { level: 1, name }).waitFor();
    expect(await overflow()).toBe(0);
  }
});
