/** The built window in a real browser, over main's own answers; the client behind them is the SDK's mock. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLatchkey, memoryStorage, type Latchkey } from "@latchkey/client";
import { mockLatchkey, type MockOptions } from "@latchkey/client/mock";
import { generateLicenseKey } from "@latchkey/license-crypto";
import { launchBrowser, openPage } from "@latchkey/testing/browser";
import { startHouse } from "@latchkey/testing/running-house";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import type { About, LatchkeyState } from "./ipc.ts";
import { createRequests } from "./main/requests.ts";
import { answerFrom } from "./main/window-files.ts";
import { createWorkFile } from "./main/work-file.ts";

vi.mock("electron", () => ({ ipcMain: {} }));

const builtWindow = join(import.meta.dirname, "../out/renderer");
const origin = "http://window.localhost";
const key = generateLicenseKey("LATCH");
const PlanDetails = z.object({ name: z.string(), product: z.object({ id: z.string() }) });
const Jwks = z.object({ keys: z.array(z.unknown()) });

/** Set it to keep a picture of every state, to be looked at. */
const pictures = process.env["LATCHKEY_SCREENSHOTS"];

const about: About = {
  appName: "Latch",
  appVersion: "1.4.0",
  host: "license.example.com",
  machine: {
    fingerprint: "linux:3f2a9c5d7e1b4a60",
    components: { board: "9c5d7e1b", disk: "4a603f2a" },
    name: "Kim's workstation",
    platform: "linux",
  },
  licenseKeptIn: "plain_file",
  workPath: "/home/kim/Documents/Latch/notes.txt",
};

let browser: Browser;
beforeAll(async () => {
  if (!existsSync(join(builtWindow, "index.html"))) {
    throw new Error("The window is not built: npm run build --workspace apps/desktop.");
  }
  browser = await launchBrowser();
});
afterAll(() => browser.close());

let directory = "";
let closing: (() => Promise<void>)[] = [];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "latchkey-window-"));
  closing = [];
});
afterEach(async () => {
  for (const close of closing.toReversed()) await close();
  await rm(directory, { recursive: true });
});

interface Look {
  readonly width?: number;
  readonly scheme?: "light" | "dark";
}

/** Opens the window over a client, as Electron would: the same files, border and answers. */
const openWindowOver = async (latchkey: Latchkey, look: Look = {}) => {
  const portal = vi.fn(async () => {});
  const work = createWorkFile(join(directory, "notes.txt"));
  const requests = createRequests({
    latchkey,
    about,
    keyPrefix: "LATCH",
    work,
    openPortal: portal,
    quit: () => {},
  });
  const { page, complaints } = await openPage(browser, look.width ?? 1000);
  await page.emulateMedia({ colorScheme: look.scheme ?? "light" });
  await page.setViewportSize({ width: look.width ?? 1000, height: 720 });
  const files = answerFrom(builtWindow);
  await page.route(`${origin}/**`, async (route) => {
    const url = route.request().url().replace(origin, "latchkey-window://app");
    const { status, headers, body } = await files({ url, method: "GET" }).then(async (answer) => ({
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: Buffer.from(await answer.arrayBuffer()),
    }));
    await route.fulfill({ status, headers, body });
  });
  await page.exposeFunction("askMain", (channel: keyof typeof requests, given: unknown[]) =>
    requests[channel](given),
  );
  await page.addInitScript((channels) => {
    const listeners = new Set<(state: unknown) => void>();
    const { askMain } = window as unknown as {
      askMain: (channel: string, given: unknown[]) => Promise<unknown>;
    };
    const named = channels.map((channel) => [
      channel,
      (...given: unknown[]) => askMain(channel, given),
    ]);
    Object.assign(window, {
      tellWindow: (state: unknown) => listeners.forEach((listener) => listener(state)),
      latchkey: {
        ...Object.fromEntries(named),
        onState: (listener: (state: unknown) => void) => {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      },
    });
  }, Object.keys(requests));
  const endTelling = latchkey.subscribe((state) => {
    void page.evaluate(
      (next) => (window as unknown as { tellWindow: (s: unknown) => void }).tellWindow(next),
      state,
    );
  });
  closing.push(async () => {
    endTelling();
    await page.context().close();
  });
  await page.goto(`${origin}/index.html`);
  await page.getByRole("contentinfo").waitFor();
  return { page, complaints, work, portal };
};

/** Opens the window over the SDK's mock in the state `name`. */
const openWindow = async (name: LatchkeyState["name"], options: MockOptions = {}, look?: Look) => {
  const latchkey = mockLatchkey(name, options);
  const tryNow = vi.fn();
  latchkey.tryNow = tryNow;
  return { ...(await openWindowOver(latchkey, look)), latchkey, tryNow };
};

const holders = [
  ["Ada's laptop", 190, 2],
  ["Render node 7 in the machine room on the second floor", 1500, 1],
  ["studio-mac", 45, 4],
].map(([machineName, startedMinutes, heardMinutes]) => ({
  machineName: String(machineName),
  startedAt: new Date(Date.now() - Number(startedMinutes) * 60_000).toISOString(),
  lastHeartbeatAt: new Date(Date.now() - Number(heardMinutes) * 60_000).toISOString(),
}));

const chip = (page: Page) => page.getByRole("button", { name: /^License:/ });

describe("activation", () => {
  it("takes a typed key, judges it on the way and goes on to a held seat", async () => {
    const { page, complaints } = await openWindow("unlicensed");
    const field = page.getByLabel("License key");
    await expect.poll(() => field.evaluate((it) => it === document.activeElement)).toBe(true);
    await field.pressSequentially("latch-7k2");
    expect(await page.getByRole("alert").filter({ hasText: "typing" }).count()).toBe(0);
    await field.fill("latch-7u2m-q");
    await page.getByText("typing error in the 2nd group").waitFor();
    await field.fill(key.toLowerCase());
    await page.getByText("The key is complete").waitFor();
    await page.keyboard.press("Enter");
    await page.getByLabel("Notes").waitFor();
    expect(await chip(page).textContent()).toContain("Seat held");
    expect(complaints).toEqual([]);
  });

  it("finds the key in a pasted mail", async () => {
    const { page } = await openWindow("unlicensed");
    const mail = `Hello Kim,\n\nthank you for buying Latch. Your license key is\n\n    ${key}\n\nKeep it safe.`;
    await page.getByLabel("License key").evaluate((field, text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text", text);
      field.dispatchEvent(
        new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }),
      );
    }, mail);
    await expect.poll(() => page.getByLabel("License key").inputValue()).toBe(key);
  });

  it("says what is missing when one goes on too early", async () => {
    const { page } = await openWindow("unlicensed");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByText("Enter your license key.").waitFor();
    await page.getByLabel("License key").fill("LATCH-7K2M");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByText("The key is not complete yet.").waitFor();
  });

  it("words trouble with the network as such, never as trouble with the license", async () => {
    const problem = {
      code: "NETWORK",
      trouble: "not_trusted",
      detail: "no signature",
      retryAfterSeconds: null,
    } as const;
    const { page } = await openWindow("unlicensed", { problem });
    await page.getByText("The answer did not come from the license server").waitFor();
    await page.getByText("Details").click();
    await page.getByText("Trouble: not_trusted").waitFor();
  });

  it("refuses a file that is no license file, in words", async () => {
    const { page } = await openWindow("unlicensed");
    await page
      .getByLabel(/Use a license file/)
      .setInputFiles({ name: "x.latchkey", mimeType: "text/plain", buffer: Buffer.from("hello") });
    await page.getByText("This license file cannot be used").waitFor();
  });
});

describe("a held seat", () => {
  it("tells the license in a popover, by keyboard alone, and gives the seat back", async () => {
    const { page, latchkey } = await openWindow("running", {
      seat: { seats: { used: 2, max: 3 } },
    });
    await page.keyboard.press("Control+l");
    const popover = page.getByRole("dialog", { name: "License" });
    await popover.getByText("2 of 3 in use").waitFor();
    await popover.getByText("Starter").waitFor();
    await popover.getByText("kept unencrypted").waitFor({ state: "attached" });
    await page.keyboard.press("Escape");
    await popover.waitFor({ state: "hidden" });
    await page.keyboard.press("F6");
    await expect.poll(() => chip(page).evaluate((it) => it === document.activeElement)).toBe(true);
    await page.keyboard.press("Enter");
    await popover.getByRole("button", { name: "Release seat" }).press("Enter");
    await page.getByRole("heading", { name: "No seat" }).waitFor();
    expect(latchkey.state.name).toBe("released");
  });

  it("saves the work with each change and keeps it readable without a seat", async () => {
    const { page, latchkey, work } = await openWindow("running");
    await page.getByLabel("Notes").fill("The draft");
    await expect.poll(() => work.read()).toBe("The draft");
    latchkey.become("blocked", { validationCode: "SUSPENDED" });
    await page.getByRole("heading", { name: "The license is suspended" }).waitFor();
    expect(await page.getByLabel("Notes").inputValue()).toBe("The draft");
    expect(await page.getByLabel("Notes").isEditable()).toBe(false);
  });

  it("shows the first trouble in the chip alone", async () => {
    const { page } = await openWindow("reconnecting");
    expect(await chip(page).textContent()).toContain("Reconnecting");
    expect(await page.getByRole("heading").allTextContents()).toEqual(["Notes"]);
    expect(await chip(page).getAttribute("title")).toBe(
      "Trying to reach license.example.com. You can go on working.",
    );
  });
});

describe("without the server", () => {
  it("shows a bar that can be put away, and brings it back when time gets short", async () => {
    const { page, latchkey, tryNow } = await openWindow("offline", { minutesLeft: 26 });
    const bar = page.getByRole("region", { name: "Offline" });
    await bar.getByText("(26 min)").waitFor();
    await bar.getByRole("button", { name: "Why?" }).click();
    await bar.getByText("license.example.com cannot be reached").waitFor();
    await bar.getByRole("button", { name: "Try now" }).click();
    expect(tryNow).toHaveBeenCalledOnce();
    await bar.getByRole("button", { name: "Dismiss" }).click();
    await bar.waitFor({ state: "hidden" });
    latchkey.become("offline", { minutesLeft: 10 });
    await bar.getByText("10 min left offline").waitFor();
    await bar.getByRole("button", { name: "Dismiss" }).click();
    latchkey.become("offline", { minutesLeft: 2 });
    await bar.waitFor();
    expect(await page.getByRole("alert").filter({ hasText: "2 minutes left" }).count()).toBe(1);
    expect(await page.getByLabel("Notes").isEditable()).toBe(true);
  });

  it("pauses over saved work, which Escape opens for reading, and goes on by itself", async () => {
    const { page, latchkey } = await openWindow("running");
    await page.getByLabel("Notes").fill("The draft");
    latchkey.become("lapsed");
    const dialog = page.getByRole("dialog", { name: /^Paused: no contact/ });
    await dialog.getByText(about.workPath).waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    expect(await page.getByLabel("Notes").isEditable()).toBe(false);
    await page.getByRole("button", { name: "Why is it paused?" }).click();
    await dialog.waitFor();
    latchkey.become("running");
    await dialog.waitFor({ state: "hidden" });
    expect(await page.getByLabel("Notes").isEditable()).toBe(true);
  });
});

describe("no seat to be had", () => {
  it("lists who holds the seats, newest activity first", async () => {
    const { page } = await openWindow("waiting", { maxSeats: 3, holders });
    await page.getByRole("heading", { name: "All 3 seats are in use" }).waitFor();
    const rows = page.getByRole("table", { name: "Who holds the seats" }).getByRole("row");
    const names = await rows.locator("td:first-child").allTextContents();
    expect(names.map((name) => name.split(" ")[0])).toEqual(["Render", "Ada's", "studio-mac"]);
  });

  it("lets another key be used, and leads back", async () => {
    const { page, portal } = await openWindow("blocked", { validationCode: "EXPIRED" });
    await page.getByRole("button", { name: "Renew" }).click();
    expect(portal).toHaveBeenCalledOnce();
    await page.getByRole("button", { name: "Use another key" }).click();
    await page.getByLabel("License key").waitFor();
    await page.getByRole("button", { name: "Back" }).click();
    await page.getByRole("heading", { name: "The license has ended" }).waitFor();
  });
});

describe("over a real server", () => {
  it("turns a bought key into a held seat, gives it back and takes it again", async () => {
    const house = await startHouse();
    closing.push(() => house.stop());
    const licenseKey = await house.buy(await house.person(), "starter");
    const plan = PlanDetails.parse(await house.call("/plans/starter", undefined));
    const jwks: unknown = await (await fetch(`${house.url}/.well-known/jwks.json`)).json();
    const latchkey = createLatchkey({
      host: house.url,
      product: plan.product.id,
      publicKeys: Jwks.parse(jwks),
      storage: memoryStorage(),
      machine: { fingerprint: "e2e-desktop-0000001", name: "Kim's workstation" },
    });
    closing.push(() => latchkey.stop());
    const { page, complaints } = await openWindowOver(latchkey);
    await page.getByLabel("License key").fill(licenseKey.toLowerCase());
    await page.keyboard.press("Enter");
    await page.getByLabel("Notes").waitFor();
    await chip(page).click();
    const popover = page.getByRole("dialog", { name: "License" });
    await popover.getByText(/^1 of \d+ in use/).waitFor();
    await popover.getByText(plan.name, { exact: true }).waitFor();
    await popover.getByRole("button", { name: "Release seat" }).click();
    await page.getByRole("button", { name: "Take a seat" }).click();
    await expect.poll(() => chip(page).textContent()).toContain("Seat held");
    expect(complaints).toEqual([]);
  });
});

const everyState: [picture: string, name: LatchkeyState["name"], options: MockOptions][] = [
  ["unlicensed", "unlicensed", {}],
  ["activating", "activating", {}],
  ["acquiring", "acquiring", {}],
  ["running", "running", {}],
  ["reconnecting", "reconnecting", {}],
  ["offline", "offline", { minutesLeft: 26 }],
  ["offline-10", "offline", { minutesLeft: 9 }],
  ["offline-2", "offline", { minutesLeft: 1.5 }],
  ["lapsed", "lapsed", {}],
  ["waiting", "waiting", { maxSeats: 3, holders }],
  ["blocked-suspended", "blocked", { validationCode: "SUSPENDED" }],
  ["blocked-machines", "blocked", { validationCode: "MACHINE_LIMIT", signed: false }],
  ["released", "released", {}],
];

describe.each(["light", "dark"] as const)("in %s", (scheme) => {
  it.each([1000, 420])(
    "every state fits into %i px and breaks no rule of the page",
    async (width) => {
      const { page, complaints, latchkey } = await openWindow("unlicensed", {}, { width, scheme });
      for (const [picture, name, options] of everyState) {
        latchkey.become(name, options);
        await expect.poll(() => page.locator("[data-state]").getAttribute("data-state")).toBe(name);
        if (picture === "running") await chip(page).click();
        expect(
          await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
          picture,
        ).toBeLessThanOrEqual(0);
        expect(complaints).toEqual([]);
        if (pictures !== undefined) {
          await mkdir(pictures, { recursive: true });
          await page.screenshot({ path: join(pictures, `${picture}-${width}-${scheme}.png`) });
        }
        if (picture === "running") await page.keyboard.press("Escape");
      }
    },
  );
});
