import { mkdirSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { goTo, launch, skipped, wide } from "./harness";
import { Reader } from "./running";

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
    // Last, since its line begins when the page is opened.
    await page.emulateMedia({ colorScheme: "dark" });
    await goTo(page, "Desk");
    await take(page, "desk");
  });
});
