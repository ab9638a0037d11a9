import { mkdirSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { goTo, launch, skipped, wide } from "./harness";
import { buyable, Reader } from "./running";

/** Where the README's pictures are written: beside the other screenshots, unless they are to be renewed. */
const folder = process.env["PICTURES_DIR"] ?? new URL("../../artifacts/pictures/", import.meta.url).pathname;
const bytesMax = 250_000;

const size = { width: 1280, height: 800 };

const take = async (page: Page, name: string) => {
  await page.mouse.move(0, 0);
  // A busy machine lets the feed fall behind for a moment.
  await page.getByText("All well.").first().waitFor();
  const picture = await page.screenshot({ path: `${folder}/${name}.png` });
  expect(picture.byteLength).toBeLessThan(bytesMax);
};

/** A market in which something is held, or any that can be bought. */
async function heldMarket(page: Page): Promise<string> {
  const held = await page.evaluate(async () => {
    type Held = { data: { condition_id: string }[] };
    const { data } = (await (await fetch("/api/v1/positions")).json()) as Held;
    return data[0]?.condition_id ?? null;
  });
  return held ?? (await buyable(page))[0] ?? "";
}

describe.skipIf(skipped)("the pictures of the README", () => {
  let browser: Browser;
  let reader: Reader;

  beforeAll(async () => {
    mkdirSync(folder, { recursive: true });
    browser = await launch();
    reader = new Reader(browser);
  });
  afterAll(() => browser?.close());
  afterEach(() => reader.leave());

  test("are of today’s page, and small", async () => {
    const page = await reader.come("#/opportunities", { ...wide, viewport: size });
    await goTo(page, "Opportunities");
    await page.locator("tr.row button").first().click();
    await page.locator("tr.detail").waitFor();
    await take(page, "opportunities");
    await page.emulateMedia({ colorScheme: "light" });
    await goTo(page, "Whales");
    await take(page, "whales");
    await page.evaluate(
      (id) => {
        location.hash = `#/market?id=${id}`;
      },
      await heldMarket(page),
    );
    await page.getByRole("slider", { name: /^Price of/ }).waitFor();
    await page.getByRole("table", { name: /^Orders for/ }).waitFor();
    await take(page, "market");
    for (const theme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: theme });
      await goTo(page, "Desk");
      await page.locator("canvas").first().waitFor();
      // It stands there until what the service kept has come, and is drawn with it.
      await page.getByText("since this page was opened").waitFor({ state: "hidden" });
      await take(page, theme === "dark" ? "desk" : "desk-light");
    }
  });
});
