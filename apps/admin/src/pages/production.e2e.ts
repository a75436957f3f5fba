import { launchBrowser, openPage } from "@latchkey/testing/browser";
import { startHouse } from "@latchkey/testing/running-house";
import { expect, test } from "vitest";

test("without a sandbox, the app shows none of it", async () => {
  const [house, browser] = await Promise.all([startHouse({ mode: "production" }), launchBrowser()]);
  const { page } = await openPage(browser);
  const { email, password } = await house.staff();
  await page.goto(`${house.url}/admin`);
  await page.getByLabel("Mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("Nothing yet").waitFor();
  await page.waitForLoadState("networkidle");
  expect(await page.getByText(/sandbox/i).count()).toBe(0);
  await browser.close();
  await house.stop();
});
