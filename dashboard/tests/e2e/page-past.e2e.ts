import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import {
  accessibilityFaults,
  eventually,
  inBothThemes,
  panelState,
  phone,
  shoot,
  skipped,
  tooWide,
} from "./harness";
import { Stage } from "./stage";

const becomes = (page: Page, title: string, state: string) =>
  eventually(`“${title}” is ${state}`, async () => (await panelState(page, title)) === state);

const chosen = (page: Page) => page.locator("article[data-decision]").getAttribute("data-decision");
const shows = (page: Page, record: number | undefined) =>
  eventually(
    `record ${record} is shown`,
    async () => (await page.locator(`article[data-decision="${record}"]`).count()) === 1,
  );

describe.skipIf(skipped)("the time machine", () => {
  const stage = new Stage();
  const rows = () => stage.service.past.rows;

  test("shows a chosen decision with its gates, its books and what it hangs together with", async () => {
    const page = await stage.come("#/time-machine");
    await becomes(page, "Timeline", "live");
    await becomes(page, "Decisions", "live");
    await page.locator("li[data-record] button", { hasText: "Approved" }).last().click();
    await becomes(page, "The decision", "live");
    const article = page.locator("article[data-decision]");
    await article.locator('tr[data-rule="market_usd"]').waitFor();
    expect(await article.locator("section[data-ladder]").count()).toBe(2);
    expect(await article.getByText("25.00 taken").count()).toBe(2);
    await article.getByText("total_usd_max").waitFor();
    const cause = article.locator("[data-link]").first();
    const record = Number(await cause.getAttribute("data-link"));
    await inBothThemes(page, async (theme) => {
      expect(await accessibilityFaults(page)).toEqual([]);
      await shoot(page, `time-machine-${theme}`);
    });
    await cause.click();
    await shows(page, record);
    expect(page.url()).toContain(`record=${record}`);
    await page.goBack();
    await eventually("the way back leads back", async () => (await chosen(page)) !== String(record));
  });

  test("steps from decision to decision by the keyboard, and a minute with shift", async () => {
    const [first, second] = rows().slice(40);
    const page = await stage.come(`#/time-machine?at=${first?.at}&record=${first?.record}`);
    await shows(page, first?.record);
    const slider = page.getByRole("slider", { name: "Moment of the session" });
    await slider.focus();
    await becomes(page, "Decisions", "live");
    await page.keyboard.press("ArrowRight");
    await shows(page, second?.record);
    await page.keyboard.press("ArrowLeft");
    await shows(page, first?.record);
    const before = Number(await slider.getAttribute("aria-valuenow"));
    await page.keyboard.press("Shift+ArrowRight");
    await eventually(
      "a minute has passed",
      async () => Number(await slider.getAttribute("aria-valuenow")) === before + 60_000,
    );
    await becomes(page, "The moment", "live");
  });

  test("is scrubbed with the pointer, and keeps moment and filters in the address", async () => {
    const page = await stage.come("#/time-machine");
    await becomes(page, "Timeline", "live");
    const slider = page.getByRole("slider", { name: "Moment of the session" });
    const box = await slider.boundingBox();
    if (box === null) throw new Error("there is no timeline");
    await page.mouse.move(box.x + box.width * 0.9, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + 10, { steps: 5 });
    await page.mouse.up();
    const half = Date.parse(stage.service.past.at(300_000));
    const now = Number(await slider.getAttribute("aria-valuenow"));
    expect(Math.abs(now - half)).toBeLessThan(3_000);
    await page.getByRole("combobox", { name: "Kind" }).selectOption("refused");
    expect(page.url()).toContain("kind=refused");
    expect(page.url()).toContain("at=2026-11-21T09");
    await eventually("only refusals are listed", async () => {
      const listed = await page.locator("li[data-record]").allInnerTexts();
      return listed.length > 0 && listed.every((text) => text.includes("Refused"));
    });
  });

  test("leads from a name to the decision about it, and says why a session cannot be looked into", async () => {
    const [row] = rows().slice(40);
    const page = await stage.come(`#/time-machine?at=${row?.at}&find=${row?.names[0]?.id}`);
    await shows(page, row?.record);
    await page.getByRole("combobox", { name: "Session" }).selectOption("001795000000-paper");
    await page.getByText("recorded by an older version").waitFor();
  });

  test("says what to do where nothing is recorded, and where nothing was decided", async () => {
    const [one] = rows();
    stage.service.past.rows = [];
    const page = await stage.come(`#/time-machine?at=${one?.at}`);
    await becomes(page, "Decisions", "empty");
    stage.service.past.sessions = [];
    await becomes(page, "Timeline", "empty");
    await page.getByText("No session is recorded yet.").waitFor();
  });

  test("fits a phone, in Chinese too", async () => {
    const [row] = rows().slice(42);
    const page = await stage.come(`#/time-machine?at=${row?.at}&record=${row?.record}`, phone);
    await shows(page, row?.record);
    expect(await tooWide(page)).toEqual([]);
    expect(await accessibilityFaults(page)).toEqual([]);
    await shoot(page, "time-machine-phone-light");
    await page.evaluate(() => localStorage.setItem("dutchbook.language", "zh-Hans"));
    await page.reload();
    await page.getByRole("slider", { name: "会话中的时刻" }).waitFor();
    await shows(page, row?.record);
    expect(await tooWide(page)).toEqual([]);
  });
});
