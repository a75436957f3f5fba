import { startVisitedHouse } from "@latchkey/testing/visited-house";
import type { VisitedHouse } from "@latchkey/testing/visited-house";
import { afterAll, beforeAll, expect, test } from "vitest";

let house: VisitedHouse;

beforeAll(async () => {
  house = await startVisitedHouse();
});
afterAll(() => house.stop());

test("the reference fits a telephone, and an opened operation as well", async () => {
  const { page, complaints } = await house.visit("/docs", 390);
  const width = () => page.evaluate<unknown>("document.documentElement.scrollWidth");
  await page.getByText("/licenses/acquire", { exact: true }).waitFor();
  expect(await width()).toBe(390);
  await page.getByText("/licenses/acquire", { exact: true }).click();
  await page.getByRole("heading", { name: "Responses" }).waitFor();
  expect(await width()).toBe(390);
  expect(complaints).toEqual([]);
});
