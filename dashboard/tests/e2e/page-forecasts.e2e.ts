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

const list = "Forecasts";
const becomes = (page: Page, title: string, state: string) =>
  eventually(`“${title}” is ${state}`, async () => (await panelState(page, title)) === state);

async function open(page: Page, id: string) {
  await page.locator(`tr[data-forecast="${id}"] button`).click();
  const detail = page.locator("tr.detail");
  await detail.locator("li[data-member]").first().waitFor();
  return detail;
}

describe.skipIf(skipped)("the forecasts page", () => {
  const stage = new Stage();

  test("lists forecasts as they are made, beside the market's price", async () => {
    const page = await stage.come("#/forecasts");
    await becomes(page, list, "live");
    const newest = page.locator("tr[data-forecast]").first();
    const before = await newest.getAttribute("data-forecast");
    await page.mouse.move(5, 5);
    await eventually(
      "a new forecast is first",
      async () => (await newest.getAttribute("data-forecast")) !== before,
    );
    const resolved = stage.service.swarm.list.find(({ outcome }) => outcome !== null);
    const row = page.locator(`tr[data-forecast="${resolved?.id}"]`);
    expect(await row.innerText()).toMatch(/paid \d+%/);
    expect(await row.getByRole("img").getAttribute("aria-label")).toMatch(/^Band from .* market at /);
    await page.getByText("1 of the models stated a probability, and 2 are needed").waitFor();
    await shoot(page, "forecasts-dark");
  });

  test("shows a question while it is asked, and its forecast when it is made", async () => {
    const page = await stage.come("#/forecasts");
    await becomes(page, list, "live");
    await page.mouse.move(5, 5);
    await page.getByText("3 of 10 calls back").first().waitFor();
    const asked = page.locator("tr[data-forecast]", { hasText: "Asking…" }).first();
    const row = page.locator(`tr[data-forecast="${await asked.getAttribute("data-forecast")}"]`);
    await row.getByText(/^\d of 5 agree$/).waitFor();
  });

  test("shows what each model said, and what it failed at, as text", async () => {
    const page = await stage.come("#/forecasts");
    const detail = await open(page, stage.service.swarm.list[8]?.id ?? "");
    for (const member of [
      "sharp-1",
      "garbage-5",
      "contrary-4",
      "local/slow-model-with-a-long-name-3:70b-instruct-q4_K_M",
      "steady-2",
    ]) {
      await detail.locator(`li[data-member="${member}"] summary`).click();
    }
    await detail.getByText("<script>document.title='owned'</script>").first().waitFor();
    expect(await page.title()).not.toBe("owned");
    for (const word of ["Unreadable", "Refused", "Would rather not say", "Late"]) {
      expect(await detail.getByText(word, { exact: true }).count()).toBeGreaterThan(0);
    }
    await detail.getByText("which committee is meant").waitFor();
    await detail.getByText("its first answer could not be read").waitFor();
    expect(await detail.locator('li[data-member="garbage-5"]').innerText()).toContain("said nothing");
    await shoot(page, "forecasts-detail-dark");
  });

  test("follows the five picks to their forecasts", async () => {
    const page = await stage.come("#/forecasts");
    const picks = page.locator("li[data-pick]");
    await picks.first().waitFor();
    expect(await picks.count()).toBe(5);
    await picks.first().getByRole("link").click();
    await page.locator("tr.detail li[data-member]").first().waitFor();
    await page.getByText(/^Only /).waitFor();
    await page.getByRole("button", { name: "Show all" }).click();
    await becomes(page, list, "live");
  });

  test("says how right each model was, and that it proves nothing yet", async () => {
    const page = await stage.come("#/forecasts");
    await page.getByText("There is no proof that the swarm beats the market’s price.").waitFor();
    await page.getByText("120 of 350 resolved questions").waitFor();
    const table = page.getByRole("table", { name: "Models and how right they were" });
    expect(await table.locator('tr[data-standing="sharp-1"]').innerText()).toContain("41.0%");
    expect(await table.locator("tr.sum").innerText()).toContain("\u22120.012 to +0.039");
    expect(await table.locator('tr[data-standing="steady-2"]').innerText()).toContain("Its key is refused");
    expect(await table.locator('tr[data-standing="garbage-5"]').innerText()).toContain("<b>certainly!</b>");
    const curve = page.getByRole("table", { name: "What was said, and how often it came about" });
    expect(await curve.locator("tbody tr").count()).toBe(10);
    await page.getByRole("slider", { name: /^Chart of the table/ }).waitFor();
    await page.getByRole("button", { name: "Show the scores" }).click();
    await shoot(page, "forecasts-scores-dark");
  });

  test("asks about a market once, however often it is sent", async () => {
    const page = await stage.come("#/forecasts");
    await page.getByRole("button", { name: "Ask for a forecast…" }).click();
    const dialog = page.getByRole("dialog", { name: "Ask for a forecast" });
    const field = dialog.getByLabel("Market: its slug, or its condition id");
    const send = dialog.getByRole("button", { name: "Ask the swarm" });
    await field.fill("no-such-market");
    await send.click();
    await dialog.getByText("Not done: No market of that name is known.").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await field.fill("market-3");
    await send.click();
    await dialog.getByText("The models are being asked.").waitFor();
    await shoot(page, "forecasts-ask-dark");
    await dialog.getByRole("link", { name: "To the forecast" }).click();
    await dialog.waitFor({ state: "hidden" });
    await page.mouse.move(5, 5);
    await page.getByText("asked by a person").first().waitFor();
    await page.locator("tr.detail li[data-member]").first().waitFor();
    expect(new Set(stage.service.swarm.keys).size).toBe(2);
  });

  test("says that no model is set and what to do, and that nothing else suffers", async () => {
    stage.service.swarm.state = "off";
    const page = await stage.come("#/forecasts");
    await page.getByText("No model is set. Set OPENAI_API_KEY").first().waitFor();
    await page.getByText("Nothing else depends on it").waitFor();
    expect(await page.getByRole("button", { name: "Ask for a forecast…" }).count()).toBe(0);
    await page.getByText("All well.").first().waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await shoot(page, "forecasts-off-dark");
  });

  test.each([
    ["stop", "Budget used up", "nothing more is asked today"],
    ["fewer_samples", "Saving", "each model is asked once"],
  ] as const)("says that money is short: %s", async (level, word, words) => {
    stage.service.swarm.level = level;
    const page = await stage.come("#/forecasts");
    await page.getByText(word, { exact: true }).waitFor();
    await page.getByText(words).waitFor();
    await page.getByText(/\$[\d.]+ of \$5.00 used/).waitFor();
  });

  test("says that there is nothing yet, or what is broken", async () => {
    stage.service.behaviour = "empty";
    const page = await stage.come("#/forecasts", { ...wide, colorScheme: "light" });
    await page.getByText("There is no forecast yet.").waitFor();
    await page.getByText("No forecast is resolved yet").waitFor();
    await page.getByText("Nothing is resolved yet.").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await shoot(page, "forecasts-empty-light");
    stage.service.behaviour = "fail";
    await page.reload();
    await becomes(page, list, "broken");
    await becomes(page, "The swarm", "broken");
  });

  test("turns stale when the service goes away", async () => {
    const page = await stage.come("#/forecasts");
    await becomes(page, list, "live");
    await stage.service.stop();
    await becomes(page, list, "stale");
    expect(await page.locator("tr[data-forecast]").count()).toBeGreaterThan(0);
    await stage.service.start();
    await becomes(page, list, "live");
  });

  test("has nothing serious for axe in both themes", async () => {
    const page = await stage.come("#/forecasts");
    await becomes(page, list, "live");
    const detail = await open(page, stage.service.swarm.list[8]?.id ?? "");
    await detail.locator("summary").first().click();
    await inBothThemes(page, async (theme) => {
      expect(await accessibilityFaults(page)).toEqual([]);
      await shoot(page, `forecasts-${theme}`);
    });
  });

  test("fits a phone of 360 px", async () => {
    const page = await stage.come("#/forecasts", phone);
    await becomes(page, list, "live");
    await shoot(page, "forecasts-phone-light");
    const detail = await open(page, stage.service.swarm.list[8]?.id ?? "");
    await detail.locator("summary").first().click();
    expect(await tooWide(page)).toEqual([]);
    await shoot(page, "forecasts-detail-phone-light");
    await page.getByRole("button", { name: "Show the scores" }).click();
    await shoot(page, "forecasts-scores-phone-light");
  });
});
