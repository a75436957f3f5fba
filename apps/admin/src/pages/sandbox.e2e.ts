import type { Credentials } from "@latchkey/testing/running-house";
import { startVisitedHouse } from "@latchkey/testing/visited-house";
import type { VisitedHouse } from "@latchkey/testing/visited-house";
import { afterAll, beforeAll, expect, test } from "vitest";

let house: VisitedHouse;
let customer: Credentials;

beforeAll(async () => {
  house = await startVisitedHouse();
  customer = await house.person("Ada Customer");
  await house.buy(customer, "starter");
  await house.mail(customer.email, "license-issued");
});
afterAll(() => house.stop());

test("every mail, job and change is listed, and a filter that matches nothing says so", async () => {
  const { page } = await house.visitAs(await house.staff(), "/admin/mails");
  await page.getByRole("row", { name: /license-issued/ }).waitFor();
  await page.getByLabel("Status").selectOption({ label: "Failed" });
  await page.getByRole("button", { name: "Filter" }).click();
  await page.getByText("No match for these filters").waitFor();

  await page.getByRole("link", { name: "Jobs" }).click();
  await page
    .getByRole("row", { name: /send-mail/ })
    .first()
    .waitFor();

  await page.getByRole("link", { name: "Audit" }).click();
  await page.getByRole("table", { name: "Audit trail" }).waitFor();
  await page.getByText("Before and after").first().click();
  expect(await page.getByText("→").first().isVisible()).toBe(true);
});

test("a sandbox mail is read whole, with what is attached", async () => {
  const { page } = await house.visitAs(
    await house.staff(),
    `/admin/sandbox/mails?to=${encodeURIComponent(customer.email)}`,
  );
  await page.getByText("Your Latch license key").click();
  await page.getByText("This is your key:").waitFor();
  expect(await page.getByText("LATCHKEY LICENSE").first().isVisible()).toBe(true);
});

test("advancing the clock does what falls due and moves the sandbox's time", async () => {
  const { page } = await house.visitAs(await house.staff(), "/admin");
  const edge = page.getByRole("complementary", { name: "Sandbox" });
  const timeOn = async () =>
    Date.parse((await edge.getByRole("time").getAttribute("datetime")) ?? "");
  await edge.waitFor();
  const before = await timeOn();
  await edge.getByRole("button", { name: "Advance the clock…" }).click();
  await page.getByLabel("By").selectOption({ label: "14 days, a trial" });
  await page.getByRole("button", { name: "Advance", exact: true }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  const days = ((await timeOn()) - before) / (24 * 60 * 60 * 1000);
  expect(days).toBeCloseTo(14, 2);
});

test("a viewer sees the clock and is told who may advance it", async () => {
  const { page } = await house.visitAs(await house.staff("viewer"), "/admin");
  await page.getByRole("button", { name: "Advance the clock…" }).click();
  await page.getByText("Needs the role admin; yours is viewer.").waitFor();
});
