import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { eventually, panelState, phone, shoot, skipped, wide } from "./harness";
import { Stage } from "./stage";

const market = `#/market?id=0x${"0000000c".repeat(8)}`;
const equity = (page: Page) => page.getByRole("slider", { name: /^Equity over time/ });
const said = async (page: Page, name: RegExp): Promise<string> =>
  (await page.getByRole("slider", { name }).getAttribute("aria-valuetext")) ?? "";
const drawn = async (page: Page, title: string): Promise<void> => {
  await eventually(`“${title}” is live`, async () => (await panelState(page, title)) === "live");
  await page.locator("section.panel", { hasText: title }).locator("canvas").first().waitFor();
};
/** The time of day that is read out first, `10:52:04`, or the day before it. */
const moment = (text: string): string => text.split(/, (?=Equity|Bids)/)[0] ?? "";

/** The first moment, read out. */
async function first(page: Page): Promise<string> {
  await equity(page).focus();
  await page.keyboard.press("Home");
  return said(page, /^Equity over time/);
}

describe.skipIf(skipped)("charts", () => {
  const stage = new Stage();

  test("are read out where the pointer is, and tell the newest where it is not", async () => {
    const page = await stage.come("#/desk");
    await drawn(page, "Equity");
    const newest = await said(page, /^Equity over time/);
    expect(newest).toMatch(/Equity \$[\d,]+\.\d\d, Earned so far .*\$[\d.]+, Below the peak \$[\d.]+$/);
    const box = await equity(page).boundingBox();
    await page.mouse.move((box?.x ?? 0) + 40, (box?.y ?? 0) + 60);
    await eventually(
      "an older moment is read out",
      async () => moment(await said(page, /^Equity over time/)) !== moment(newest),
    );
    await shoot(page, "desk-chart-dark");
    await page.mouse.move(5, 5);
    await eventually(
      "the newest is read out again",
      async () => (await page.locator(".reading.pointed").count()) === 0,
    );
  });

  test("are read out by keys, from the newest moment back to the first", async () => {
    const page = await stage.come(market);
    await drawn(page, "Price");
    const chart = page.getByRole("slider", { name: /^Price of/ });
    await chart.focus();
    await page.keyboard.press("Home");
    await eventually(
      "the first is read out",
      async () => (await chart.getAttribute("aria-valuenow")) === "0",
    );
    await page.keyboard.press("ArrowRight");
    await eventually("the second is", async () => (await chart.getAttribute("aria-valuenow")) === "1");
    expect(await said(page, /^Price of/)).toMatch(/Bids [\d.]+¢, Asks [\d.]+¢/);
    await page.keyboard.press("Escape");
    await eventually("the newest is", async () => (await chart.getAttribute("aria-valuenow")) !== "1");
  });

  test("are read out where a finger was, also after it is lifted", async () => {
    const page = await stage.come("#/desk", phone);
    await drawn(page, "Equity");
    await equity(page).tap({ position: { x: 60, y: 80 } });
    await eventually("it is read out", async () => (await page.locator(".reading.pointed").count()) === 1);
    await shoot(page, "desk-chart-phone-light");
  });

  test("reach back as far as the address says, also when the page is loaded anew", async () => {
    const page = await stage.come("#/desk");
    await drawn(page, "Equity");
    const long = moment(await first(page));
    await page.getByRole("group", { name: "How far back" }).getByRole("button", { name: "1 h" }).click();
    expect(page.url()).toContain("span=1h");
    await eventually("it begins later", async () => moment(await first(page)) !== long);
    await page.reload();
    await drawn(page, "Equity");
    const chosen = page.getByRole("group", { name: "How far back" }).getByRole("button", { pressed: true });
    expect(await chosen.textContent()).toBe("1 h");
  });

  test("of days and of calibration are read out too", async () => {
    const page = await stage.come("#/portfolio", wide);
    const days = page.getByRole("slider", { name: /^Net result of/ });
    await days.hover();
    expect(await said(page, /^Net result of/)).toMatch(/^\d{4}-\d\d-\d\d, Net .*\$[\d.,]+, Trades \d+$/);
    await page.evaluate(() => {
      location.hash = "#/forecasts";
    });
    const curve = page.getByRole("slider", { name: /^Chart of the table/ });
    await curve.focus();
    await page.keyboard.press("Home");
    expect(await said(page, /^Chart of the table/)).toMatch(
      /^Said [\d.]+%, Came about [\d.]+%, 95% interval .*, Forecasts \d+$/,
    );
  });
});
