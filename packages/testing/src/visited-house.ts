/** A running house with people in front of its pages, for the `*.e2e.ts` of the web apps. */
import type { Page } from "playwright-core";
import { launchBrowser, openPage } from "./browser.ts";
import type { WatchedPage } from "./browser.ts";
import { startHouse } from "./running-house.ts";
import type { Credentials, RunningHouse } from "./running-house.ts";

export interface VisitedHouse extends RunningHouse {
  /** A page of its own at a path of the house; 1280 px wide unless told. */
  visit(path: string, width?: number): Promise<WatchedPage>;
  /** The same for somebody who signs in where the path leads them to. */
  visitAs(credentials: Credentials, path: string, width?: number): Promise<WatchedPage>;
}

/** Fills in the sign-in form that `page` shows, and sends it. */
export const submitSignIn = async (page: Page, { email, password }: Credentials): Promise<void> => {
  await page.getByLabel("Mail address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
};

/** The first address in a mail's text. Throws where there is none. */
export const linkIn = (text: string): string => {
  const link = /https?:\/\/\S+/.exec(text)?.[0];
  if (link === undefined) throw new Error(`The mail has no link: ${text}`);
  return link;
};

/** Starts the house and a browser; stop it after the file. */
export const startVisitedHouse = async (
  options?: Parameters<typeof startHouse>[0],
): Promise<VisitedHouse> => {
  const [house, browser] = await Promise.all([startHouse(options), launchBrowser()]);
  const visit: VisitedHouse["visit"] = async (path, width) => {
    const watched = await openPage(browser, width);
    await watched.page.goto(`${house.url}${path}`);
    return watched;
  };
  return {
    ...house,
    visit,
    visitAs: async (credentials, path, width) => {
      const watched = await visit(path, width);
      const { page } = watched;
      // An invitation asks first whether one has an account.
      const toSignIn = page.getByRole("link", { name: "Sign in" });
      const password = page.getByLabel("Password", { exact: true });
      await toSignIn.or(password).first().waitFor();
      if (await toSignIn.isVisible()) await toSignIn.click();
      await submitSignIn(page, credentials);
      await password.waitFor({ state: "detached" });
      return watched;
    },
    stop: async () => {
      await browser.close();
      await house.stop();
    },
  };
};
