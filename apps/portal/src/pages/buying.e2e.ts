import { startVisitedHouse } from "@latchkey/testing/visited-house";
import type { VisitedHouse } from "@latchkey/testing/visited-house";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

let house: VisitedHouse;

beforeAll(async () => {
  house = await startVisitedHouse();
});
afterAll(() => house.stop());

const aBuyer = async (width?: number) => {
  const visit = await house.visitAs(await house.person(), "/plans", width);
  await visit.page.getByRole("heading", { name: "Plans" }).waitFor();
  return visit;
};

const pay = async (page: Page, card: RegExp) => {
  await page.getByLabel(card).check();
  await page.getByRole("button", { name: /^Pay/ }).click();
};

const buyStarter = async (page: Page): Promise<string> => {
  await page.getByRole("button", { name: "Buy Starter" }).click();
  await pay(page, /4242/);
  await page.getByRole("heading", { name: "Your license is ready" }).waitFor();
  const shown = await page.getByText(/^LATCH-/).textContent();
  if (shown === null) throw new Error("No key is shown.");
  return shown;
};

const takeSeat = async (licenseKey: string, name: string) => {
  const machine = { licenseKey, fingerprint: `${name}-0123456789abcdef` };
  await house.call("/licenses/activate", { ...machine, name, platform: "linux" });
  await house.call("/licenses/acquire", { ...machine, appVersion: "2.4.1" });
};

test("a declined card and the bank's question are told, and the third card buys the license", async () => {
  const { page, complaints } = await aBuyer();
  await page.getByRole("radio", { name: "Yearly" }).check();
  await page.getByText("$290.00").waitFor();
  await page.getByRole("button", { name: "Buy Starter" }).click();
  await page.getByText("no real money moves here").waitFor();
  await pay(page, /0002/);
  expect(await page.getByRole("alert").textContent()).toContain("The card was declined.");
  await pay(page, /3184/);
  await page.getByRole("button", { name: "No", exact: true }).click();
  expect(await page.getByRole("alert").textContent()).toContain("Nothing was charged.");
  await page.getByRole("button", { name: /^Pay/ }).click();
  await page.getByRole("button", { name: "Yes, it is me" }).click();
  await page.getByRole("heading", { name: "Your license is ready" }).waitFor();
  expect(complaints).toEqual([]);
});

test("a trial starts without a card, and is not offered twice", async () => {
  const { page } = await aBuyer();
  await page.getByRole("button", { name: "Start 14-day trial of Pro" }).click();
  await page.getByRole("heading", { name: "Your license is ready" }).waitFor();
  await page.getByRole("link", { name: "See who holds its seats" }).click();
  await page.getByText("Trial", { exact: true }).waitFor();
  await page.getByText("Nobody holds a seat now").waitFor();
  await page.getByRole("link", { name: "Plans", exact: true }).click();
  await page.getByRole("button", { name: "Buy Pro" }).waitFor();
  expect(await page.getByRole("button", { name: /trial/ }).count()).toBe(0);
});

test("the license page shows seats and computers as they change, and ends a session by name", async () => {
  const { page, complaints } = await aBuyer();
  const licenseKey = await buyStarter(page);
  await page.getByRole("link", { name: "See who holds its seats" }).click();
  await page.getByText("0 of 3 in use").waitFor();
  await takeSeat(licenseKey, "render-01");
  const seats = page.getByRole("region", { name: "Seats" });
  await seats.getByRole("row", { name: /render-01/ }).waitFor();
  await seats.getByText("1 of 3 in use").waitFor();
  const computers = page.getByRole("region", { name: "Computers" });
  await computers.getByText("1 activated").waitFor();
  await computers.getByRole("row", { name: /render-01/ }).waitFor();

  await page.getByRole("button", { name: "End session of render-01" }).click();
  const dialog = page.getByRole("dialog", { name: "End the session of render-01?" });
  await dialog.getByText("becomes free at once").waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "End session of render-01" }).click();
  await dialog.getByRole("button", { name: "End session" }).click();
  await seats.getByText("0 of 3 in use").waitFor();

  await page.getByRole("button", { name: "Remove render-01" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove computer" }).click();
  await computers.getByText("No computer is activated").waitFor();
  expect(complaints).toEqual([]);
});

test("a key is revealed, and replaced only after its ending was typed", async () => {
  const { page } = await aBuyer();
  const licenseKey = await buyStarter(page);
  await page.getByRole("link", { name: "See who holds its seats" }).click();
  await page.getByRole("heading", { name: "Latch Starter" }).waitFor();
  const section = page.getByRole("region", { name: "License key" });
  expect(await section.getByText(licenseKey).count()).toBe(0);
  await section.getByRole("button", { name: "Reveal" }).click();
  await section.getByText(licenseKey).waitFor();

  await section.getByRole("button", { name: "Replace key…" }).click();
  const dialog = page.getByRole("dialog", { name: "Replace the license key?" });
  await dialog.getByRole("button", { name: "Replace key" }).click();
  await dialog.getByText(/Type .{4} exactly/).waitFor();
  await dialog.getByLabel(/to go on/).fill(licenseKey.slice(-4));
  await dialog.getByRole("button", { name: "Replace key" }).click();
  await section.getByText("The old one has stopped working").waitFor();
  const replaced = await section.getByText(/^LATCH-/).textContent();
  expect(replaced).not.toBe(licenseKey);
  await expect(takeSeat(licenseKey, "late-box")).rejects.toThrow("answered 4");
});

test("a license file is made for one computer and saved", async () => {
  const { page } = await aBuyer();
  const licenseKey = await buyStarter(page);
  await takeSeat(licenseKey, "air-gapped");
  await page.getByRole("link", { name: "See who holds its seats" }).click();
  await page.getByLabel("Works on").selectOption({ label: "air-gapped" });
  await page.getByLabel("Encrypt it with the license key").check();
  await page.getByRole("button", { name: "Make file" }).click();
  await page.getByText("The file is ready.").waitFor();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Save file" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("license.latchkey");
  expect(await page.getByLabel("The file as text").inputValue()).toContain("LATCHKEY LICENSE");
});

test("no page is wider than a telephone's screen", async () => {
  const { page } = await aBuyer(390);
  const overflow = () =>
    page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(await overflow()).toBe(0);
  await takeSeat(await buyStarter(page), "a-machine-with-a-name-that-is-far-too-long");
  expect(await overflow()).toBe(0);
  await page.getByRole("link", { name: "See who holds its seats" }).click();
  await page
    .getByRole("row", { name: /far-too-long/ })
    .first()
    .waitFor();
  expect(await overflow()).toBe(0);
  for (const name of ["Licenses", "Members", "Account"]) {
    await page.getByRole("link", { name, exact: true }).click();
    await page.getByRole("heading", { level: 1, name }).waitFor();
    expect(await overflow()).toBe(0);
  }
});
