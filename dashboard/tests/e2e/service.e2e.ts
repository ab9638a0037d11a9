import { readFile } from "node:fs/promises";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  accessibilityFaults,
  eventually,
  goTo,
  launch,
  panelState,
  phone,
  service,
  shoot,
  skipped,
  tooWide,
  visit,
  wide,
  type Visit,
} from "./harness";

const token = process.env["DUTCHBOOK_TOKEN"] ?? "";
/** The actor that is killed; its supervisor must bring it back. */
const victim = process.env["DUTCHBOOK_VICTIM"] ?? "detector";

const everyPage = [
  "Desk",
  "Opportunities",
  "Markets",
  "Trading",
  "Portfolio",
  "Decisions",
  "Strategies",
  "Risk",
  "Whales",
  "Forecasts",
  "System",
];

if (token === "") process.stderr.write("SKIPPED: the kill test: DUTCHBOOK_TOKEN is not given\n");

describe.skipIf(skipped)("the page over the running service", () => {
  let browser: Browser;
  let visited: Visit | undefined;

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    await visited?.close();
    expect(visited?.faults ?? []).toEqual([]);
  });

  const come = async (hash: string, options = wide) => {
    visited = await visit(browser, `${service}/${hash}`, options);
    return visited.page;
  };

  test("shows opportunities within 15 s, with legs and score", async () => {
    const page = await come("#/opportunities");
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
    const page = await come("#/markets");
    await eventually("the list is live", async () => (await panelState(page, "Markets")) === "live");
    const list = page.getByRole("grid", { name: "Markets with both outcomes" });
    await list.locator(".outcome span").nth(3).waitFor();
    await shoot(page, "service-markets-dark");
    await list.locator(".title").first().click();
    await eventually("its facts are live", async () => (await panelState(page, "Market")) === "live");
    await shoot(page, "service-market-dark");
  });

  test("shows the supervision tree, live", async () => {
    const page = await come("#/system");
    await eventually("the tree is live", async () => (await panelState(page, "Supervision tree")) === "live");
    expect(await page.locator("tr[data-actor]").count()).toBeGreaterThan(3);
    await shoot(page, "service-system-dark");
  });

  test("trades by itself: orders, positions and money move", async () => {
    const page = await come("#/trading");
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
    const page = await come("#/decisions");
    await eventually("decisions are live", async () => (await panelState(page, "Decisions")) === "live");
    await page.locator("tr[data-decision]").first().getByRole("button").click();
    await page.locator("tr.detail tr[data-rule]").first().waitFor();
    expect(await page.locator("tr.detail tr[data-rule]").count()).toBeGreaterThan(3);
    await shoot(page, "service-decisions-dark");
  });

  test.skipIf(token === "")("halts, proves it at the venue, and resumes", async () => {
    const page = await come("#/risk");
    await page.locator('section[data-state="live"]').first().waitFor();
    await page.keyboard.press("!");
    const dialog = page.getByRole("dialog", { name: "Halt all trading?" });
    await dialog.getByLabel("Reason, for the record").fill("a test of the brakes");
    await dialog.getByLabel("Admin token").fill(token);
    await page.keyboard.press("Enter");
    await dialog.getByText("Trading is halted. No new order is sent.").waitFor();
    await dialog
      .getByText("the venue was read back, and nothing of ours rests there")
      .waitFor({ timeout: 60_000 });
    await dialog.getByRole("button", { name: "Close" }).click();
    await shoot(page, "service-halted-dark");
    await page.getByRole("button", { name: "Resume…" }).first().click();
    const resume = page.getByRole("dialog", { name: "Resume trading?" });
    await resume.getByLabel("Type “resume” to confirm").fill("resume");
    await resume.getByRole("button", { name: "Resume trading" }).click();
    await resume.getByText("Trading is no longer halted.").waitFor();
    await resume.getByRole("button", { name: "Close" }).click();
    await page.getByRole("link", { name: "Halted" }).waitFor({ state: "detached" });
  });

  test.skipIf(token === "")("shows a restart when an actor is killed, and nothing else breaks", async () => {
    const page = await come("#/system");
    const row = page.locator(`tr[data-actor="${victim}"]`);
    await row.waitFor();
    const restarts = async () =>
      Number((await row.locator("td.number").nth(3).innerText()).replace(/\D/g, ""));
    const before = await restarts();
    await row.getByRole("button").click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Admin token").fill(token);
    await dialog.getByRole("button", { name: `Kill ${victim}` }).click();
    await dialog.getByText("was told to end").waitFor();
    await dialog.getByRole("button", { name: "Close" }).click();
    await eventually("a restart is counted", async () => (await restarts()) > before);
    await eventually("it is up again", async () =>
      (await row.locator(".status").innerText()).trim().startsWith("Up"),
    );
    await shoot(page, "service-system-after-kill-dark");
    await page.getByRole("link", { name: "Opportunities", exact: true }).click();
    await page.locator("tr.row").first().waitFor({ timeout: 60_000 });
  });

  test.each(["light", "dark"] as const)(
    "has nothing serious for axe in the %s theme",
    async (colorScheme) => {
      const page = await come("#/opportunities", { ...wide, colorScheme });
      for (const name of everyPage) {
        await goTo(page, name);
        expect(await accessibilityFaults(page)).toEqual([]);
        await shoot(page, `service-${name.toLowerCase()}-${colorScheme}`);
      }
    },
  );

  test("fits a phone of 360 px in every page", async () => {
    const page = await come("#/opportunities", phone);
    for (const name of everyPage) {
      await goTo(page, name);
      expect(await tooWide(page)).toEqual([]);
      await shoot(page, `service-${name.toLowerCase()}-phone-light`);
    }
  });
});
