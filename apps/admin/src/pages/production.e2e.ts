import { startVisitedHouse } from "@latchkey/testing/visited-house";
import { expect, test } from "vitest";

test("without a sandbox, the app shows none of it", async () => {
  const house = await startVisitedHouse({ mode: "production" });
  const { page } = await house.visitAs(await house.staff(), "/admin");
  await page.getByText("Nothing yet").waitFor();
  await page.waitForLoadState("networkidle");
  expect(await page.getByText(/sandbox/i).count()).toBe(0);
  await house.stop();
});
