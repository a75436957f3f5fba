import { expect, test } from "vitest";
import { launchBrowser } from "./browser.ts";

test("the browser opens a page and runs its script", async () => {
  const browser = await launchBrowser();
  const page = await browser.newPage();
  await page.setContent(
    "<p>waiting</p><script>document.querySelector('p').textContent = 'ran'</script>",
  );
  expect(await page.getByText("ran").isVisible()).toBe(true);
  await browser.close();
});
