import { launchBrowser, openPage } from "@latchkey/testing/browser";
import { startHouse } from "@latchkey/testing/running-house";
import type { Credentials, RunningHouse } from "@latchkey/testing/running-house";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

let house: RunningHouse;
let browser: Browser;
let customer: Credentials;

beforeAll(async () => {
  [house, browser] = await Promise.all([startHouse(), launchBrowser()]);
  customer = await house.person("Ada Customer");
  await house.buy(customer, "starter");
  await house.mail(customer.email, "license-issued");
});
afterAll(async () => {
  await browser.close();
  await house.stop();
});

const staffAt = async (path: string, role: "admin" | "viewer" = "admin") => {
  const { page } = await openPage(browser);
  const { email, password } = await house.staff(role);
  await page.goto(`${house.url}${path}`);
  await page.getByLabel("Mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  return page;
};

test("every mail, job and change is listed, and a filter that matches nothing says so", async () => {
  const page = await staffAt("/admin/mails");
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
  const page = await staffAt(`/admin/sandbox/mails?to=${encodeURIComponent(customer.email)}`);
  await page.getByText("Your Latch license key").click();
  await page.getByText("This is your key:").waitFor();
  expect(await page.getByText("LATCHKEY LICENSE").first().isVisible()).toBe(true);
});

test("advancing the clock does what falls due and moves the sandbox's time", async () => {
  const page = await staffAt("/admin");
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
  const page = await staffAt("/admin", "viewer");
  await page.getByRole("button", { name: "Advance the clock…" }).click();
  await page.getByText("Needs the role admin; yours is viewer.").waitFor();
});
