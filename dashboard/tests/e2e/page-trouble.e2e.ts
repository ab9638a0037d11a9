import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { all as everyPage } from "../../src/core/route";
import {
  accessibilityFaults,
  eventually,
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

const list = "Open opportunities";
const market = `?id=0x${"0000000c".repeat(8)}`;

/** What closed keeps its place until a new one takes it, and says so. */
const closes = (page: Page, id: string | undefined): Promise<void> =>
  page.locator(`tr.row[data-id="${id}"]`).getByText("Closed", { exact: true }).waitFor();

describe.skipIf(skipped)("the page in trouble", () => {
  const stage = new Stage();

  test("turns stale, not wrong, while the venue is silent, and heals when it speaks", async () => {
    const page = await stage.come("#/opportunities");
    await eventually("the list is live", async () => (await panelState(page, list)) === "live");
    stage.service.feedSilent = true;
    await eventually("the list is stale", async () => (await panelState(page, list)) === "stale");
    expect(await page.locator("tr.row").count()).toBeGreaterThan(0);
    expect(await page.locator(".shell dd.stale").first().innerText()).toContain("stale");
    await page
      .getByText(/Not ready: the feed has been silent for \d+ s/)
      .first()
      .waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await shoot(page, "opportunities-stale-dark");
    stage.service.feedSilent = false;
    await eventually("the list is live again", async () => (await panelState(page, list)) === "live");
    await page.getByText("All well.").first().waitFor();
  });

  test("does not call it trading while the service is not ready, and says what is missing", async () => {
    stage.service.feedSilent = true;
    const page = await stage.come("#/desk");
    const state = page.locator("section.panel", {
      has: page.getByRole("heading", { name: "State of trading" }),
    });
    await state.getByText("Not ready", { exact: true }).waitFor();
    await state.getByText(/^the feed has been silent for \d+ s$/).waitFor();
    expect(await state.getByText("Strategies may trade within the limits.").count()).toBe(0);
    expect(await accessibilityFaults(page)).toEqual([]);
    stage.service.feedSilent = false;
    await state.getByText("Strategies may trade within the limits.").waitFor();
  });

  test("turns stale when the service goes away and heals when it is back, with what changed meanwhile", async () => {
    const page = await stage.come("#/opportunities");
    await eventually("the list is live", async () => (await panelState(page, list)) === "live");
    await stage.service.stop();
    await page.getByText("No connection to the service.").first().waitFor();
    await eventually("the list is stale", async () => (await panelState(page, list)) === "stale");
    expect(await page.locator("tr.row").count()).toBeGreaterThan(0);
    await shoot(page, "opportunities-unreachable-dark");
    for (const name of ["Markets", "System"]) {
      await page.getByRole("link", { name, exact: true }).click();
      expect(await accessibilityFaults(page)).toEqual([]);
    }
    await page.getByRole("link", { name: "Opportunities", exact: true }).click();
    stage.service.loseFrames();
    await stage.service.start();
    await eventually("the list is live again", async () => (await panelState(page, list)) === "live");
    const known = stage.service.openIds();
    const shown = await page
      .locator("tr.row")
      .evaluateAll((all) => all.map((row) => row.getAttribute("data-id")));
    expect(shown.filter((id) => id !== null && !known.includes(id)).length).toBeLessThanOrEqual(2);
    await page.getByText("All well.").first().waitFor();
  });

  test("goes on where it was cut off, and reads anew only what another run of the service never told", async () => {
    stage.service.calm = true;
    const page = await stage.come("#/opportunities");
    await eventually("the list is live", async () => (await panelState(page, list)) === "live");
    const asked: string[] = [];
    page.on("request", (request) => {
      if (request.url().includes("/api/v1/opportunities")) asked.push(request.url());
    });
    const comesBack = () => page.waitForEvent("websocket").then((socket) => socket.url());

    const [gone] = stage.service.openIds();
    await page.locator(`tr.row[data-id="${gone}"]`).waitFor();
    const address = comesBack();
    stage.service.cut();
    stage.service.closeOldest();
    expect(await address).toMatch(/\?resume=00000000000000a1-\d+$/);
    await closes(page, gone);
    await page.locator(".shell", { hasText: "live" }).waitFor();
    expect(asked).toEqual([]);

    const [next] = stage.service.openIds();
    await page.locator(`tr.row[data-id="${next}"]`).waitFor();
    const again = comesBack();
    stage.service.run = "00000000000000b2";
    stage.service.cut();
    stage.service.closeOldest();
    expect(await again).toContain("resume=00000000000000a1-");
    await closes(page, next);
    expect(asked.length).toBeGreaterThan(0);
  });

  test("asks again when frames were lost on their way", async () => {
    const page = await stage.come("#/opportunities");
    await eventually("the list is live", async () => (await panelState(page, list)) === "live");
    stage.service.calm = true;
    const [gone] = stage.service.openIds();
    await page.locator(`tr.row[data-id="${gone}"]`).waitFor();
    stage.service.loseFrames();
    await eventually(
      "what closed unheard has left",
      async () => (await page.locator(`tr.row[data-id="${gone}"]`).count()) === 0,
    );
  });

  test("says what is broken and what to do, and recovers by itself", async () => {
    stage.service.behaviour = "fail";
    const page = await stage.come("#/markets");
    await eventually("the list is broken", async () => (await panelState(page, "Markets")) === "broken");
    await page.getByText("The store does not answer.").first().waitFor();
    await page.getByText("Look at its disk; dutchbook doctor says more.").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await shoot(page, "markets-broken-dark");
    stage.service.behaviour = "normal";
    await eventually("the list is live", async () => (await panelState(page, "Markets")) === "live");
  });

  test.each([
    ["zh-CN", /未就绪：行情已静默 \d+ 秒/, "数据库没有应答。"],
    ["zh-TW", /未就緒：行情已靜默 \d+ 秒/, "資料庫沒有應答。"],
  ])("says in the language of %s why it is not ready, and what is broken", async (locale, why, broken) => {
    stage.service.feedSilent = true;
    const page = await stage.come("#/markets", { ...wide, locale });
    await page.getByText(why).first().waitFor();
    stage.service.feedSilent = false;
    stage.service.behaviour = "fail";
    await page.reload();
    await page.getByText(broken).first().waitFor();
    await page.getByText("dutchbook doctor").first().waitFor();
    expect(await page.locator("main").innerText()).not.toContain("does not answer");
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  test("loads in calm outline", async () => {
    stage.service.behaviour = "hang";
    const page = await stage.come("", { ...wide, reducedMotion: "reduce" });
    await loadsInCalm(page, ["opportunities", "markets", "system"], true);
  });

  test("says why there is nothing, in both themes", async () => {
    stage.service.behaviour = "empty";
    const page = await stage.come("#/opportunities");
    await page.getByText("Nothing is open at the moment.").waitFor();
    await page.getByText("No look has been taken yet.").waitFor();
    await inBothThemes(page, async (theme) => {
      expect(await accessibilityFaults(page)).toEqual([]);
      await shoot(page, `opportunities-empty-${theme}`);
    });
    await page.getByRole("link", { name: "Markets", exact: true }).click();
    await page.getByText("No markets are known yet.").waitFor();
    await page.getByRole("link", { name: "System", exact: true }).click();
    await page.getByText("No connection is wanted yet.").waitFor();
    await inBothThemes(page, async () => {
      expect(await accessibilityFaults(page)).toEqual([]);
    });
  });

  test.each([
    ["a desk", wide],
    ["a phone", { ...phone, viewport: { width: 390, height: 844 } }],
  ])("fits %s on every page however long the complaints are", async (_, screen) => {
    stage.service.still = true;
    stage.service.complaint =
      "cannot connect to the venue: Failed to connect to host: failed to lookup address information: " +
      `Name or service not known (https://${"gamma".repeat(60)})`;
    stage.service.cluster.several();
    const page = await stage.come("", screen);
    for (const name of everyPage) {
      await page.goto(`${stage.service.url}/?${name}#/${name}${name === "market" ? market : ""}`);
      await page.locator('main section[data-state="live"]').first().waitFor();
      await page
        .getByText(/Not ready: cannot connect to the venue/)
        .first()
        .waitFor();
      expect([name, ...(await tooWide(page))]).toEqual([name]);
    }
  });

  test("fits a phone while the service is away", async () => {
    const page = await stage.come("#/system", phone);
    await eventually("the tree is live", async () => (await panelState(page, "Supervision tree")) === "live");
    await stage.service.stop();
    await eventually(
      "the tree is stale",
      async () => (await panelState(page, "Supervision tree")) === "stale",
    );
    expect(await tooWide(page)).toEqual([]);
    expect(await accessibilityFaults(page)).toEqual([]);
    await shoot(page, "system-stale-phone-light");
  });
});
