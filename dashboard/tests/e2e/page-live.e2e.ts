import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import {
  accessibilityFaults,
  eventually,
  goByKeys,
  goTo,
  inBothThemes,
  phone,
  shoot,
  tooWide,
  wide,
  skipped,
} from "./harness";
import { Stage } from "./stage";

describe.skipIf(skipped)("the page over a live service", () => {
  const stage = new Stage();

  test("shows opportunities as they arrive, with their numbers and reasons", async () => {
    const page = await stage.come("#/opportunities");
    const rows = page.locator("tr.row");
    await rows.first().waitFor();
    const before = await rows.evaluateAll((all) => all.map((row) => row.getAttribute("data-id")));
    await eventually("a new opportunity is listed", async () => {
      const now = await rows.evaluateAll((all) => all.map((row) => row.getAttribute("data-id")));
      return now.some((id) => !before.includes(id));
    });
    await rows.first().getByRole("button").click();
    const detail = page.locator("tr.detail");
    await detail.waitFor();
    for (const word of ["Legs", "Calculation", "Deviation", "Slippage", "On-chain steps", "Last confirmed"]) {
      expect(await detail.getByText(word, { exact: true }).count()).toBeGreaterThan(0);
    }
    expect(page.url()).toContain("id=opp-");
    await page.getByText("Adds up").waitFor();
    await page.getByText("The prices no longer contradict each other.").first().waitFor();
    await shoot(page, "opportunities-dark");
  });

  test("keeps the one that is read in its place when it closes, with the reason", async () => {
    stage.service.calm = true;
    const page = await stage.come("#/opportunities");
    const [first] = stage.service.openIds();
    await page.locator(`tr.row[data-id="${first}"] button`).click();
    await page.locator("tr.detail").waitFor();
    stage.service.closeOldest();
    await page
      .locator("tr.detail")
      .getByText("Closed. The prices no longer contradict each other.")
      .waitFor();
    await page.locator(`tr.row[data-id="${first}"]`).getByText("Closed").waitFor();
  });

  test("keeps filter and order in the address, and goes back", async () => {
    const page = await stage.come("#/opportunities");
    await page.locator("tr.row").first().waitFor();
    await page.getByRole("button", { name: /^Convert/ }).click();
    expect(page.url()).toContain("kind=neg_risk_convert");
    await page.getByRole("button", { name: "Score", exact: true }).click();
    expect(page.url()).toContain("sort=score");
    await eventually("only conversions are listed", async () => {
      const kinds = await page.locator("tr.row .kind").allInnerTexts();
      return kinds.every((kind) => kind.trim() === "Convert");
    });
    const scores = await page.locator("tr.row .total").allInnerTexts();
    expect(scores.map(Number)).toEqual(scores.map(Number).toSorted((a, b) => b - a));
    await page.goBack();
    expect(page.url()).not.toContain("kind=");
  });

  test("shows the venue's markup as text", async () => {
    const page = await stage.come("#/markets?q=markup");
    await page.getByText("<img src=x onerror=").first().waitFor();
    expect(await page.locator("main img").count()).toBe(0);
    expect(await page.title()).not.toBe("owned");
  });

  test("lists 10,000 markets, drawing only those on the screen, by keyboard too", async () => {
    stage.service.haveMarkets(10_000);
    const page = await stage.come("#/markets");
    const list = page.getByRole("grid", { name: "Markets with both outcomes" });
    await page.getByText("10,000 markets").waitFor();
    await list.locator(".title").first().waitFor();
    await shoot(page, "markets-dark");
    expect(await list.getAttribute("aria-rowcount")).toBe("10001");
    expect(await list.getByRole("row").count()).toBeLessThan(80);
    await list.focus();
    await page.keyboard.press("End");
    await page.locator('[aria-rowindex="10001"] .title').waitFor();
    expect(await list.getByRole("row").count()).toBeLessThan(80);
    await page.keyboard.press("ArrowUp");
    expect(await page.locator('[aria-selected="true"]').getAttribute("aria-rowindex")).toBe("10000");
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowDown");
    const title = await page.locator('[aria-selected="true"] .title').innerText();
    await page.keyboard.press("Enter");
    await page.locator(".path b", { hasText: title }).waitFor();
  });

  test("searches the markets, keeps the search in the address, and saves it", async () => {
    const page = await stage.come("#/markets");
    await page.getByText("1,240 markets").waitFor();
    await page.getByRole("searchbox", { name: "Search markets" }).fill("krone");
    await eventually("only matches are listed", async () => {
      const titles = await page.locator(".row .title").allInnerTexts();
      return titles.length > 0 && titles.every((title) => title.includes("krone"));
    });
    expect(page.url()).toContain("q=krone");
    await page.getByRole("button", { name: "Saved" }).click();
    await page.getByLabel("Save the filter of now as").fill("crowns");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("searchbox", { name: "Search markets" }).fill("nothing like this");
    await page.getByText("No market matches").waitFor();
    await page.getByRole("button", { name: "Clear the search" }).click();
    await page.getByText("1,240 markets").waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Saved" }).click();
    await page.getByRole("link", { name: "crowns" }).click();
    await eventually("the search is back", async () => page.url().includes("q=krone"));
  });

  test("saves the whole list as values in which nothing is a formula", async () => {
    const page = await stage.come("#/markets");
    await page.getByText("1,240 markets").waitFor();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "CSV" }).click();
    const file = await (await download).path();
    const text = await readFile(file, "utf8");
    const lines = text.trim().split("\r\n");
    expect(lines[0]).toContain("condition_id,slug,title,state,volume_24h");
    // All of them, in three answers of the service, not only what is on the screen.
    expect(lines.length).toBe(1_241);
    await page.getByText("1,240 rows saved").waitFor();
    expect(text).toContain('"<img src=x onerror=""document.title=');
  });

  test("kills an actor in two steps and shows its restart", async () => {
    const page = await stage.come("#/system");
    const row = page.locator('tr[data-actor="feed-1"]');
    await row.waitFor();
    await shoot(page, "system-dark");
    await row.getByRole("button", { name: "Kill feed-1" }).click();
    const dialog = page.getByRole("dialog", { name: "Kill feed-1?" });
    await dialog.getByRole("button", { name: "Kill feed-1" }).click();
    await dialog.getByText("feed-1 was told to end").waitFor();
    await dialog.getByRole("button", { name: "Close" }).click();
    await row.getByText("Back-off").waitFor();
    await row.getByText("killed by the debug command").waitFor();
    await eventually(
      "it is up again",
      async () => (await row.locator(".status").innerText()).trim() === "Up",
    );
  });

  test("can be used by the keyboard alone", async () => {
    const page = await stage.come("#/opportunities");
    await page.locator("tr.row").first().waitFor();
    await page.keyboard.press("/");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe(
      "Filter by title",
    );
    await page.keyboard.type("zzz");
    await page.getByText("Nothing open matches the filter.").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("tr.row").first().waitFor();
    await page.keyboard.press("Escape");
    await goByKeys(page, "m", "Markets");
    await goByKeys(page, "b", "Time machine");
    await goByKeys(page, "s", "Supervision tree");
    await page.keyboard.press("?");
    const help = page.getByRole("dialog", { name: "Keyboard and legend" });
    await help.waitFor();
    await page.keyboard.press("Escape");
    await help.waitFor({ state: "hidden" });
    await goByKeys(page, "o", "Open opportunities");
    await page.locator("tr.row button").first().focus();
    await page.keyboard.press("Enter");
    await page.locator("tr.detail").waitFor();
    const outline = await page.evaluate(() => {
      const focused = document.activeElement;
      return focused === null ? "none" : getComputedStyle(focused).outlineStyle;
    });
    expect(outline).not.toBe("none");
  });

  test("says that there is no page of that name, and leads back", async () => {
    const page = await stage.come("#/nope");
    await page.getByRole("heading", { name: "There is no page of that name" }).first().waitFor();
    await page.getByText("“nope” leads nowhere.").waitFor();
    expect(await page.title()).toContain("There is no page of that name");
    expect(await page.locator('nav a[aria-current="page"]').count()).toBe(0);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.locator("main").getByRole("link", { name: "To the Desk" }).click();
    await page.getByRole("heading", { name: "State of trading" }).waitFor();
  });

  test("fits a phone of 360 px in every page", async () => {
    const page = await stage.come("#/opportunities", phone);
    await page.locator("tr.row").first().click();
    await page.locator("tr.detail").waitFor();
    expect(await tooWide(page)).toEqual([]);
    await shoot(page, "opportunities-phone-light");
    for (const name of ["Markets", "System"]) {
      await goTo(page, name);
      expect(await tooWide(page)).toEqual([]);
      await shoot(page, `${name.toLowerCase()}-phone-light`);
    }
  });

  test("moves nothing in the header while numbers change", async () => {
    const page = await stage.come("#/opportunities");
    await page.locator("tr.row").first().waitFor();
    const places = () =>
      page
        .locator(".shell dt, .shell nav a, thead th")
        .evaluateAll((all) => all.map((it) => it.getBoundingClientRect().left));
    const before = await places();
    const numbers = () => page.locator(".shell dd").allInnerTexts();
    for (let look = 0; look < 8; look += 1) {
      const shown = (await numbers()).join();
      await eventually("a number changes", async () => (await numbers()).join() !== shown);
      // A list that fills meanwhile has a head of its own.
      expect((await places()).slice(0, before.length)).toEqual(before);
    }
  });

  test("keeps every button of the header on every screen, halted or not", async () => {
    const page = await stage.come("#/opportunities");
    await page.locator("tr.row").first().waitFor();
    const fits = async () => {
      for (const width of [1024, 1280, 1400, 1440, 1570, 1680, 1920]) {
        await page.setViewportSize({ width, height: 900 });
        expect([width, ...(await tooWide(page))]).toEqual([width]);
      }
    };
    await fits();
    stage.service.desk.halt = {
      cause: "operator",
      text: "",
      since: new Date().toISOString(),
      proven_at: null,
    };
    await page.locator(".shell.is-halted").waitFor();
    await fits();
  });

  test.each([
    ["zh-Hans", "机会"],
    ["zh-Hant", "機會"],
  ])("speaks %s where it is chosen, at once and after a reload", async (language, word) => {
    const page = await stage.come("#/opportunities?sort=score");
    await page.locator("tr.row").first().waitFor();
    await page.getByRole("combobox", { name: "Language" }).selectOption(language);
    const link = page.locator(".shell nav").getByRole("link", { name: word, exact: true });
    await link.waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe(language);
    expect(page.url()).toContain("sort=score");
    await page.locator("tr.row").first().waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await shoot(page, `opportunities-${language}`);
    await page.reload();
    await link.waitFor();
  });

  test("begins in the language that the browser asks for", async () => {
    const page = await stage.come("#/desk", { ...phone, locale: "zh-TW" });
    await page.getByRole("button", { name: "更多" }).waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe("zh-Hant");
    expect(await tooWide(page)).toEqual([]);
  });

  test("keeps the chosen theme", async () => {
    const page = await stage.come("#/opportunities", { ...wide, colorScheme: "dark" });
    const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const dark = await ground();
    await page.getByRole("button", { name: "Theme: as the system" }).click();
    await eventually("it is light", async () => (await ground()) !== dark);
    const light = await ground();
    await page.reload();
    expect(await ground()).toBe(light);
    await page.getByRole("button", { name: "Theme: light" }).click();
    await eventually("it is dark", async () => (await ground()) === dark);
  });

  test("has nothing serious for axe in both themes", async () => {
    const page = await stage.come("#/opportunities");
    const look = (name: string) =>
      inBothThemes(page, async (theme) => {
        expect(await accessibilityFaults(page)).toEqual([]);
        await shoot(page, `${name}-${theme}`);
      });
    await page.locator("tr.row button").first().click();
    await page.locator("tr.detail").waitFor();
    await look("opportunities");
    for (const name of ["Markets", "System"]) {
      await goTo(page, name);
      await look(name.toLowerCase());
    }
    await page.getByRole("button", { name: "Kill feed-1" }).click();
    await look("kill");
  });
});
