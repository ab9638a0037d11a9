import { readFile } from "node:fs/promises";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  accessibilityFaults,
  eventually,
  goByKeys,
  goTo,
  inBothThemes,
  launch,
  panelState,
  phone,
  service,
  shoot,
  skipped,
  tooWide,
} from "./harness";
import { jumpsOf, watchJumps } from "./calm";
import { everyPage, link, Reader, unusedLink } from "./running";

if (link === "") process.stderr.write("SKIPPED: the first visit by the link: DUTCHBOOK_LINK is not given\n");

describe.skipIf(skipped)("the page over the running service", () => {
  let browser: Browser;
  let reader: Reader;

  beforeAll(async () => {
    browser = await launch();
    reader = new Reader(browser);
  });
  afterAll(() => browser?.close());
  afterEach(() => reader.leave());

  test.skipIf(link === "")("lets in whoever opens the printed link, once", async () => {
    const unused = await unusedLink();
    const page = await (await browser.newContext()).newPage();
    await page.goto(unused);
    await page.locator(".shell .who").waitFor();
    expect(page.url()).not.toContain("key=");
    await page.locator('main section[data-state="live"]').first().waitFor();
    await shoot(page, "service-first-visit");
    await page.reload();
    await page.locator(".shell .who").waitFor();
    await page.context().close();
    const late = await (await browser.newContext()).newPage();
    await late.goto(unused);
    await late.getByText("Not let in:").waitFor();
    await shoot(late, "service-link-used");
    await late.context().close();
  });

  test("shows opportunities within 15 s, with legs and score", async () => {
    const page = await reader.come("#/opportunities");
    await page.locator("tr.row").first().waitFor({ timeout: 60_000 });
    await eventually("one is expanded", async () => {
      const button = page.locator('tr.row button[aria-expanded="false"]').first();
      await button.click({ timeout: 2_000 }).catch(() => undefined);
      return (await page.locator("tr.detail").count()) > 0;
    });
    expect(await page.locator("tr.detail tbody tr").count()).toBeGreaterThan(1);
    await page.getByText("Adds up").waitFor();
    await shoot(page, "service-opportunities-dark");
  });

  test("answers in the shapes that the page's types were made from", async () => {
    type Described = { components: { schemas: Record<string, { properties?: Record<string, unknown> }> } };
    const told = (await (await fetch(`${service}/openapi.json`)).json()) as Described;
    const file = new URL("../../openapi.json", import.meta.url);
    const known = JSON.parse(await readFile(file, "utf8")) as Described;
    const missing = Object.entries(known.components.schemas).flatMap(([name, { properties = {} }]) =>
      Object.keys(properties)
        .filter((field) => told.components.schemas[name]?.properties?.[field] === undefined)
        .map((field) => `${name}.${field}`),
    );
    // What was added breaks nothing; what went away does. Renew openapi.json, then npm run api-types.
    expect(missing).toEqual([]);
  });

  test("lists markets with both outcomes, and leads to one of them", async () => {
    const page = await reader.come("#/markets");
    await eventually("the list is live", async () => (await panelState(page, "Markets")) === "live");
    const list = page.getByRole("grid", { name: "Markets with both outcomes" });
    await list.locator(".outcome span").nth(3).waitFor();
    await shoot(page, "service-markets-dark");
    await list.locator(".title").first().click();
    await eventually("its facts are live", async () => (await panelState(page, "Market")) === "live");
    await shoot(page, "service-market-dark");
  });

  test("shows the supervision tree, live", async () => {
    const page = await reader.come("#/system");
    await eventually("the tree is live", async () => (await panelState(page, "Supervision tree")) === "live");
    expect(await page.locator("tr[data-actor]").count()).toBeGreaterThan(3);
    await shoot(page, "service-system-dark");
  });

  test("trades by itself: orders, positions and money move", async () => {
    const page = await reader.come("#/trading");
    await eventually("money is live", async () => (await panelState(page, "Money")) === "live");
    await eventually(
      "an order was filled",
      async () => (await page.locator("tr[data-order]").count()) > 0,
      60_000,
    );
    await page.locator("tr[data-order]").first().getByRole("button").click();
    await goTo(page, "Portfolio");
    await eventually(
      "something is held",
      async () => {
        const panel = page.locator("section.panel", { hasText: "Positions" });
        return (await panel.locator("tbody tr").count()) > 0;
      },
      60_000,
    );
    await shoot(page, "service-trading-dark");
  });

  test("says why and why not, with each gate's value and limit", async () => {
    const page = await reader.come("#/decisions");
    await eventually("decisions are live", async () => (await panelState(page, "Decisions")) === "live");
    await page.locator("tr[data-decision]").first().getByRole("button").click();
    await page.locator("tr.detail tr[data-rule]").first().waitFor();
    expect(await page.locator("tr.detail tr[data-rule]").count()).toBeGreaterThan(3);
    await shoot(page, "service-decisions-dark");
  });

  test("has nothing serious for axe on any page in either theme", async () => {
    const page = await reader.come("#/opportunities");
    for (const name of everyPage) {
      await goTo(page, name);
      await inBothThemes(page, async (theme) => {
        expect(await accessibilityFaults(page)).toEqual([]);
        await shoot(page, `service-${name.toLowerCase()}-${theme}`);
      });
    }
  });

  test("has no page that jumps while it loads and lives", async () => {
    const page = await reader.come("#/desk");
    await watchJumps(page);
    const jumps: Record<string, number> = {};
    for (const name of everyPage) {
      // Another address each time: the page is loaded anew, not turned to.
      await page.goto(`${service}/?${name}#/${name.toLowerCase()}`);
      await page.locator('main section[data-state="live"]').first().waitFor();
      await page.waitForTimeout(2_500);
      jumps[name] = await jumpsOf(page);
    }
    expect(Object.entries(jumps).filter(([, jumped]) => jumped > 0.05)).toEqual([]);
  });

  test("fits a phone of 360 px in every page", async () => {
    const page = await reader.come("#/opportunities", phone);
    for (const name of everyPage) {
      await goTo(page, name);
      expect(await tooWide(page)).toEqual([]);
      await shoot(page, `service-${name.toLowerCase()}-phone-light`);
    }
  });

  test("speaks both ways of Chinese on every page", async () => {
    const page = await reader.come("#/desk", phone);
    for (const language of ["zh-Hans", "zh-Hant"] as const) {
      await page.evaluate((tag) => localStorage.setItem("dutchbook.language", tag), language);
      await page.reload();
      await eventually(
        `it speaks ${language}`,
        async () => (await page.locator("html").getAttribute("lang")) === language,
      );
      for (const name of everyPage) {
        await page.evaluate((hash) => {
          location.hash = hash;
        }, `#/${name.toLowerCase()}`);
        await page.locator('main section[data-state="live"]').first().waitFor();
        expect(await tooWide(page)).toEqual([]);
      }
      await shoot(page, `service-system-${language}`);
    }
  });

  test("can be used by the keyboard alone", async () => {
    const page = await reader.come("#/desk");
    await page.locator('main section[data-state="live"]').first().waitFor();
    for (const [key, title] of [
      ["o", "Opportunities"],
      ["m", "Markets"],
      ["p", "Portfolio"],
      ["s", "System"],
      ["d", "Decisions"],
    ] as const) {
      await goByKeys(page, key, title);
    }
    const row = page.locator("tr[data-decision] button[aria-expanded]").first();
    await row.focus();
    await page.keyboard.press("Enter");
    await page.locator("tr.detail").waitFor();
    await page.keyboard.press("!");
    const dialog = page.getByRole("dialog", { name: "Halt all trading?" });
    await dialog.waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
  });
});
