import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import {
  accessibilityFaults,
  eventually,
  goByKeys,
  goTo,
  inBothThemes,
  loadsInCalm,
  panelState,
  phone,
  shoot,
  tooWide,
  wide,
  skipped,
} from "./harness";
import { Stage } from "./stage";

const becomes = (page: Page, title: string, state: string) =>
  eventually(`“${title}” is ${state}`, async () => (await panelState(page, title)) === state);
/** A market with books: one of a group. */
const market = `#/market?id=0x${"0000000c".repeat(8)}`;

describe.skipIf(skipped)("desk, market, portfolio and strategies", () => {
  const stage = new Stage();

  test("the desk is the first page and shows everything at a glance", async () => {
    const page = await stage.come("");
    for (const title of [
      "Money",
      "Equity",
      "State of trading",
      "Open opportunities",
      "Positions",
      "Limits, the fullest",
      "Profit and loss by day",
      "Whales",
      "Forecasts",
      "Market data",
    ]) {
      await becomes(page, title, "live");
    }
    await page.getByRole("slider", { name: /^Equity over time, now \$10,0/ }).waitFor();
    await shoot(page, "desk-dark");
    await page.getByRole("link", { name: "All: Positions" }).click();
    await page.getByRole("table", { name: "What is held" }).waitFor();
  });

  test("the market page shows price, depth, rules and what is ours", async () => {
    const page = await stage.come(market);
    await becomes(page, "Price", "live");
    await becomes(page, "Ladder", "live");
    await page.getByRole("table", { name: "Orders for Yes at the venue" }).waitFor();
    await page.getByRole("img", { name: /^Depth: / }).waitFor();
    await page.getByText("<b>Anything else</b> is not counted.").waitFor();
    await page.getByRole("group", { name: "Outcome" }).getByRole("button", { name: "No" }).click();
    await page.getByRole("table", { name: "Orders for No at the venue" }).waitFor();
    expect(page.url()).toContain("outcome=No");
    await shoot(page, "market-dark");
  });

  test("the market page leads to the venue, where the market is a real one", async () => {
    const page = await stage.come(market);
    await page.getByText("This market resolves to").waitFor();
    const link = page.getByRole("link", { name: "At the venue" });
    expect(await link.count()).toBe(0);
    stage.service.mode = "paper";
    await link.waitFor();
    expect(await link.getAttribute("href")).toMatch(/^https:\/\/polymarket\.com\/event\/event-\d$/);
    expect(await link.getAttribute("rel")).toBe("noopener noreferrer");
  });

  test("an order is looked at before it can be sent, and what changed is looked at again", async () => {
    const page = await stage.come(market);
    await page.getByRole("button", { name: "Buy Yes…" }).click();
    const ticket = page.getByRole("dialog", { name: "Order" });
    const send = ticket.getByRole("button", { name: "Send the order" });
    await ticket.getByText("Not looked at yet").waitFor();
    expect(await send.isDisabled()).toBe(true);
    await ticket.getByLabel("Shares").fill("100");
    await ticket.getByRole("button", { name: "Preview" }).click();
    await ticket.getByText("Every gate would let it through.").waitFor();
    for (const word of ["Cost, with fee", "Pays, if it comes true", "Worst case", "Average fill", "Fee"]) {
      expect(await ticket.getByText(word, { exact: true }).count()).toBe(1);
    }
    await ticket.getByText("100 of 100 shares").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await shoot(page, "ticket-dark");
    await ticket.getByLabel("Shares").fill("120");
    await ticket.getByText("The preview is too old, or is of something else.").waitFor();
    expect(await send.isDisabled()).toBe(true);
    expect(stage.service.desk.carriedOut).toEqual([]);
    await ticket.getByRole("button", { name: "Preview" }).click();
    await ticket.getByText("120 of 120 shares").waitFor();
    await send.click();
    await ticket.getByText("Approved as plan").waitFor();
    expect(stage.service.desk.carriedOut).toEqual(["POST execute/order"]);
  });

  test("an order can be sized in dollars: so many shares as they hold at the limit, and what is sent is shares", async () => {
    const page = await stage.come(market);
    await page.getByRole("button", { name: "Buy Yes…" }).click();
    const ticket = page.getByRole("dialog", { name: "Order" });
    await ticket.getByLabel("Limit price").fill("0.4");
    await ticket.getByRole("group", { name: "Size in" }).getByRole("button", { name: "$" }).click();
    // The size that it had, in the other unit.
    expect(await ticket.getByLabel("Dollars").inputValue()).toBe("2.00");
    await ticket.getByLabel("Dollars").fill("10.01");
    await ticket.getByText("25.02 shares, rounded down").waitFor();
    await ticket.getByRole("button", { name: "Preview" }).click();
    await ticket.getByText(" of 25.02 shares").first().waitFor();
    await shoot(page, "ticket-dollars-dark");
    await ticket.getByRole("button", { name: "Shares", exact: true }).click();
    expect(await ticket.getByLabel("Shares").inputValue()).toBe("25.02");
    await ticket.getByText("$10.01 at the limit").waitFor();
  });

  test("a price of the ladder fills the ticket with itself and the side that takes it", async () => {
    const page = await stage.come(market);
    const ticket = page.getByRole("dialog", { name: "Order" });
    for (const [name, side] of [
      [/^Buy Yes at /, "Buy"],
      [/^Sell Yes at /, "Sell"],
    ] as const) {
      const rung = page.getByRole("button", { name }).nth(2);
      const cents = Number.parseFloat(await rung.innerText());
      await rung.click();
      const price = await ticket.getByLabel("Limit price, $ a share").inputValue();
      expect(Math.round(Number(price) * 1_000)).toBe(Math.round(cents * 10));
      await ticket.getByRole("button", { name: side, exact: true, pressed: true }).waitFor();
      await ticket.getByRole("button", { name: "Back" }).click();
    }
  });

  test("a position is closed from the desk: the ticket sells what is settled, after its preview", async () => {
    const page = await stage.come("#/desk");
    await becomes(page, "Positions", "live");
    const held = page.getByRole("list", { name: "What is held" }).getByRole("listitem").first();
    await held.getByText(/ at \d/).waitFor();
    await held.getByRole("button", { name: /^Close the position: sell / }).click();
    const ticket = page.getByRole("dialog", { name: "Order" });
    await ticket.getByRole("button", { name: "Sell", exact: true, pressed: true }).waitFor();
    expect(Number(await ticket.getByLabel("Shares").inputValue())).toBeGreaterThan(0);
    await ticket.getByRole("button", { name: "Preview" }).click();
    await ticket.getByText("Every gate would let it through.").waitFor();
    await ticket.getByRole("button", { name: "Send the order" }).click();
    await ticket.getByText("Approved as plan").waitFor();
    expect(stage.service.desk.carriedOut).toEqual(["POST execute/order"]);
  });

  test("an order that would be refused cannot be sent, and a price off the grid is explained", async () => {
    stage.service.desk.refuseNext = true;
    const page = await stage.come(market);
    await page.getByRole("button", { name: "Sell Yes…" }).click();
    const ticket = page.getByRole("dialog", { name: "Order" });
    await ticket.getByRole("button", { name: "Preview" }).click();
    await ticket.getByText("It would be refused: Too much would be in one market.").waitFor();
    expect(await ticket.getByRole("button", { name: "Send the order" }).isDisabled()).toBe(true);
    await ticket.getByLabel("Limit price, $ a share").fill("0.505");
    await ticket.getByRole("button", { name: "Preview" }).click();
    await ticket.getByText("No preview: 0.505 is not a multiple").waitFor();
    expect(stage.service.desk.carriedOut).toEqual([]);
  });

  test("the portfolio tells results by day and market, fills and the ledger", async () => {
    const page = await stage.come("#/portfolio");
    await becomes(page, "Profit and loss", "live");
    await page.getByRole("slider", { name: "Net result of 14 days, in dollars" }).waitFor();
    await page.getByRole("button", { name: "Market", exact: true }).click();
    await page.getByRole("table", { name: "Profit and loss by Market" }).waitFor();
    expect(page.url()).toContain("by=market");
    await page.getByRole("rowheader", { name: "Will Artemis III land before 2028?" }).first().waitFor();
    await page.getByText("no bid").waitFor();
    await page.locator("tr[data-fill]").first().waitFor();
    await page.getByRole("combobox", { name: "Phase" }).selectOption("reversal");
    await eventually("only reversals are listed", async () => {
      const phases = await page.locator("tr[data-entry] .phase").allInnerTexts();
      return phases.length > 0 && phases.every((phase) => phase.trim() === "Reversed");
    });
    await page.locator("tr[data-entry] button").first().click();
    await page.getByText("what leaves one account arrives at another").waitFor();
    await shoot(page, "portfolio-dark");
  });

  test("the portfolio shows twenty rows of a list on a phone, and twenty more when asked", async () => {
    stage.service.still = true;
    for (let n = 0; n < 80; n += 1) stage.service.desk.step(null);
    const page = await stage.come("#/portfolio", phone);
    const entries = page.locator("tr[data-entry]");
    await entries.first().waitFor();
    expect(await entries.count()).toBe(20);
    const panel = page.locator("section.panel", { has: entries });
    await panel.getByRole("button", { name: "Show older" }).click();
    await eventually("more are shown", async () => (await entries.count()) > 20);
    expect(await entries.count()).toBeLessThanOrEqual(40);
  });

  test("a strategy’s settings are changed in two steps, and only what was changed is sent", async () => {
    const page = await stage.come("#/strategies");
    await page.getByRole("button", { name: "Settings and refusals of mint_split" }).click();
    await page.getByText("Least profit").waitFor();
    await page.getByRole("button", { name: "Change the settings of mint_split…" }).click();
    const dialog = page.getByRole("dialog", { name: "Change the settings of mint_split?" });
    expect(await dialog.getByRole("button", { name: "Change them" }).isDisabled()).toBe(true);
    await dialog.getByLabel("Budget").fill("750");
    await dialog.getByText("Budget: $2,000 → $750").waitFor();
    await dialog.getByRole("button", { name: "Change them" }).click();
    await dialog.getByText("The settings are changed.").waitFor();
    expect(stage.service.desk.settings["mint_split"]?.["budget_usd"]).toBe("750");
    expect(stage.service.desk.carriedOut).toEqual(["PUT strategies/mint_split/settings"]);
    await dialog.getByRole("button", { name: "Close" }).click();
    await page.getByText("$750").waitFor();
    await shoot(page, "strategies-dark");
  });

  test("the funnel of decisions adds up", async () => {
    const page = await stage.come("#/decisions");
    await becomes(page, "Why not taken", "live");
    const funnel = page.getByRole("list", { name: "From contradiction to money" });
    expect(await funnel.locator("li[data-stage]").count()).toBe(4);
    await page.getByText("Adds up", { exact: true }).waitFor();
  });

  test("the system page tells which channels tell people, what was told, and tests one", async () => {
    const page = await stage.come("#/system");
    await becomes(page, "Alerts: channels", "live");
    await page.locator('tr[data-channel="slack"]').getByText("The address is not one of https.").waitFor();
    await page.getByText("A <b>large</b> trade was seen").first().waitFor();
    await page.getByRole("combobox", { name: "Delivery" }).selectOption("dead");
    await eventually("only what was given up is listed", async () => {
      const rows = await page.locator("li[data-alert] .deliveries").allInnerTexts();
      return rows.length > 0 && rows.every((row) => row.includes("Given up, 8 tries"));
    });
    expect(await accessibilityFaults(page)).toEqual([]);
    await shoot(page, "system-alerts-dark");
    await page.getByRole("button", { name: "Test webhook…" }).click();
    const dialog = page.getByRole("dialog", { name: "Send a test message by webhook?" });
    await dialog.getByRole("button", { name: "Send it" }).click();
    await dialog.getByText("It is on its way").waitFor();
    expect(stage.service.alerts.tested).toEqual(["webhook"]);
  });

  test("they say why there is nothing, what is broken, and what is stale", async () => {
    stage.service.behaviour = "empty";
    const page = await stage.come("#/portfolio");
    await page.getByText("Nothing is held.").waitFor();
    await page.getByText("Nothing was booked yet.").waitFor();
    await goByKeys(page, "a", "Strategies");
    await page.getByText("No strategy is switched on.").waitFor();
    stage.service.behaviour = "fail";
    await page.goto(`${stage.service.url}/${market}`);
    await becomes(page, "Ladder", "broken");
    expect(await accessibilityFaults(page)).toEqual([]);
    stage.service.behaviour = "normal";
    await becomes(page, "Ladder", "live");
    await stage.service.stop();
    await becomes(page, "Ladder", "stale");
    await stage.service.start();
    await becomes(page, "Ladder", "live");
  });

  test("load in calm outline", async () => {
    stage.service.behaviour = "hang";
    const page = await stage.come("", { ...wide, reducedMotion: "reduce" });
    await loadsInCalm(page, ["desk", "portfolio", "strategies", market.slice(2)]);
  });

  test("have nothing serious for axe in both themes", async () => {
    const page = await stage.come("#/desk");
    const look = (name: string) =>
      inBothThemes(page, async (theme) => {
        expect(await accessibilityFaults(page)).toEqual([]);
        await shoot(page, `${name}-${theme}`);
      });
    for (const name of ["Desk", "Portfolio", "Strategies"]) {
      await goTo(page, name);
      if (name === "Strategies") await page.locator("main button[aria-expanded]").first().click();
      await look(name.toLowerCase());
    }
    await page.goto(`${stage.service.url}/${market}`);
    await becomes(page, "Ladder", "live");
    await look("market");
  });

  test("fits a phone of 360 px", async () => {
    const page = await stage.come("#/desk", phone);
    for (const name of ["Desk", "Portfolio", "Strategies", "Decisions"]) {
      await goTo(page, name);
      expect(await tooWide(page)).toEqual([]);
      await shoot(page, `${name.toLowerCase()}-phone-light`);
    }
    await page.goto(`${stage.service.url}/${market}`);
    await becomes(page, "Ladder", "live");
    expect(await tooWide(page)).toEqual([]);
    await page.getByRole("button", { name: "Buy Yes…" }).tap();
    await page.getByRole("dialog", { name: "Order" }).waitFor();
    expect(await tooWide(page)).toEqual([]);
    await shoot(page, "ticket-phone-light");
  });
});
