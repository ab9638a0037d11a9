import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import {
  accessibilityFaults,
  eventually,
  inBothThemes,
  panelState,
  phone,
  shoot,
  tooWide,
  wide,
  skipped,
} from "./harness";
import { Stage } from "./stage";

const list = "Whales";
const becomes = (page: Page, title: string, state: string) =>
  eventually(`“${title}” is ${state}`, async () => (await panelState(page, title)) === state);

const open = async (page: Page, id: string) => {
  await page.locator(`tr[data-whale="${id}"] button`).click();
  const detail = page.locator("tr.detail");
  await detail.getByRole("heading", { name: "The wallet" }).waitFor();
  return detail;
};

describe.skipIf(skipped)("the whales page", () => {
  const stage = new Stage();

  /** Whales that the list shows for certain: not the newest, which wait while the reader is in the list. */
  const known = () => stage.service.whales.list.slice(20, 80);

  test("lists whales as they are told of, newest first", async () => {
    const page = await stage.come("#/whales");
    await becomes(page, list, "live");
    const newest = page.locator("tr[data-whale]").first();
    const before = await newest.getAttribute("data-whale");
    await page.mouse.move(5, 5);
    await eventually(
      "a new whale is first",
      async () => (await newest.getAttribute("data-whale")) !== before,
    );
    for (const word of ["Large print", "Accumulation", "Fresh wallet", "missed", "not named"]) {
      expect(await page.locator("table", { hasText: word }).count()).toBeGreaterThan(0);
    }
    await shoot(page, "whales-dark");
  });

  test("shows the wallet with its interval, the trades, and a missed grade as missed", async () => {
    const page = await stage.come("#/whales");
    const told = known().find(({ id, side }) => Number(id.slice(6)) % 4 === 3 && side === "sell");
    const detail = await open(page, told?.id ?? "");
    await detail.getByText("55% (40% to 69%)").waitFor();
    await detail.getByText("22 of 40").waitFor();
    await detail.getByText("A sale is graded as buying the other outcome.").waitFor();
    expect(await detail.locator("tr[data-grade]").count()).toBe(3);
    expect(page.url()).toContain(`open=${told?.id}`);
    await shoot(page, "whales-detail-dark");
    const missed = known().find(({ grades }) => grades.some(({ state }) => state === "missed"));
    const other = await open(page, missed?.id ?? "");
    expect(await other.locator('tr[data-grade="one_hour"]').innerText()).toContain("Missed");
  });

  test("claims no profile where there is none", async () => {
    const page = await stage.come("#/whales");
    const unknown = known().find(({ id, wallet }) => Number(id.slice(6)) % 4 === 0 && wallet);
    await open(page, unknown?.id ?? "");
    await page.getByText("No profile yet").waitFor();
    const nameless = known().find(({ wallet }) => wallet === null);
    await open(page, nameless?.id ?? "");
    await page.getByText("does not name the wallet").waitFor();
  });

  test("keeps kind, class, value and wallet in the address", async () => {
    const page = await stage.come("#/whales");
    await becomes(page, list, "live");
    await page.getByRole("button", { name: "Accumulation", exact: true }).click();
    await page.getByRole("combobox", { name: "Class" }).selectOption("fresh_accumulation");
    await page.getByRole("combobox", { name: "Least value" }).selectOption("25000");
    expect(page.url()).toContain("kind=accumulation&class=fresh_accumulation&usd_min=25000");
    await eventually("only those are listed", async () => {
      const rows = await page.locator("tr[data-whale]").allInnerTexts();
      return rows.length > 0 && rows.every((row) => /Accumulation\s+Fresh wallet/.test(row));
    });
    const values = await page.locator("tr[data-whale] .value").allInnerTexts();
    expect(values.every((value) => Number(value.replace(/[^\d]/g, "")) >= 25_000)).toBe(true);
    await page.getByRole("button", { name: "Show all" }).click();
    await becomes(page, list, "live");
    const id = known().find(({ wallet }) => wallet !== null)?.id ?? "";
    const detail = await open(page, id);
    await detail.getByRole("link", { name: "All whales of this wallet" }).click();
    await page.getByText("Only wallet 0x").waitFor();
    await page.reload();
    await page.getByText("Only wallet 0x").waitFor();
  });

  test("says what the records prove, with counts and intervals", async () => {
    const page = await stage.come("#/whales");
    const table = page.getByRole("table", { name: "What following each class was worth" });
    await table.waitFor();
    await page.getByText("No class of whales has shown skill so far.").waitFor();
    expect(await table.locator("tr[data-record]").count()).toBe(12);
    const first = await table.locator('tr[data-record="large_print one_hour"]').innerText();
    expect(first).toContain("120 whales");
    expect(await table.getByText("11 of 30").count()).toBe(1);
    expect(first).toContain("36% to 60%");
    expect(first).toContain("\u22125.4% to \u22120.2%");
    expect(first).toContain("Costs money");
    expect(await table.getByText("Not enough").count()).toBeGreaterThan(0);
  });

  test("turns stale while no trade is heard of, and says so of the feed", async () => {
    const page = await stage.come("#/whales");
    await becomes(page, list, "live");
    stage.service.whales.silent = true;
    await becomes(page, list, "stale");
    await page.getByText("The connection sent nothing for 45 s").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await shoot(page, "whales-silent-dark");
    stage.service.whales.silent = false;
    await becomes(page, list, "live");
  });

  test("says that nothing was seen, or what is broken", async () => {
    stage.service.behaviour = "empty";
    const page = await stage.come("#/whales", { ...wide, colorScheme: "light" });
    await page.getByText("No whale has been seen yet.").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await shoot(page, "whales-empty-light");
    stage.service.behaviour = "fail";
    await page.reload();
    await becomes(page, list, "broken");
    await page.getByText("The store does not answer.").first().waitFor();
  });

  test("shows what others wrote as text", async () => {
    const page = await stage.come("#/whales");
    await page.getByText("<img src=x onerror=").first().waitFor();
    expect(await page.locator("main img").count()).toBe(0);
    expect(await page.title()).not.toBe("owned");
  });

  test("has nothing serious for axe in both themes", async () => {
    const page = await stage.come("#/whales");
    await becomes(page, list, "live");
    await open(page, known()[4]?.id ?? "");
    await inBothThemes(page, async (theme) => {
      expect(await accessibilityFaults(page)).toEqual([]);
      await shoot(page, `whales-${theme}`);
    });
  });

  test("fits a phone of 360 px", async () => {
    const page = await stage.come("#/whales", phone);
    await becomes(page, list, "live");
    await shoot(page, "whales-phone-light");
    // One of the twenty that a phone shows at first.
    await open(page, stage.service.whales.list[8]?.id ?? "");
    expect(await tooWide(page)).toEqual([]);
    await shoot(page, "whales-detail-phone-light");
    await page.getByRole("button", { name: "Show the records" }).click();
    await shoot(page, "whales-records-phone-light");
  });
});
