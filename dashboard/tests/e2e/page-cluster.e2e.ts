import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { jumpsOf, watchJumps } from "./calm";
import {
  accessibilityFaults,
  eventually,
  inBothThemes,
  panelState,
  phone,
  shoot,
  skipped,
  tooWide,
  wide,
} from "./harness";
import { Stage } from "./stage";

const title = "Who does what";
const becomes = (page: Page, state: string) =>
  eventually(`“${title}” is ${state}`, async () => (await panelState(page, title)) === state);

/** The processes in the order in which they stand there, each with what it does. */
const shown = (page: Page) =>
  page
    .locator("tr[data-process]")
    .evaluateAll((rows) =>
      rows.map((row) => `${row.getAttribute("data-process")} ${row.getAttribute("data-state")}`),
    );
const showsInOrder = (page: Page, rows: readonly string[]) =>
  eventually(`these are shown: ${rows.join(", ")}`, async () => (await shown(page)).join() === rows.join());

describe.skipIf(skipped)("who does what", () => {
  const stage = new Stage();

  test("is one line where one process does everything, and where to read more", async () => {
    const page = await stage.come("#/system");
    await becomes(page, "live");
    await page.getByText("One process does everything").waitFor();
    await page.getByText("docs/scaling.md").waitFor();
    expect(await page.locator("tr[data-process]").count()).toBe(0);
    expect(await accessibilityFaults(page)).toEqual([]);
    await shoot(page, "cluster-alone-dark");
  });

  test("shows a take-over by itself: who decided is silent, who stood by decides", async () => {
    stage.service.cluster.several();
    const page = await stage.come("#/system");
    const lease = page.locator("[data-lease]");
    await showsInOrder(page, [
      "decide-1 deciding",
      "decide-2 standing_by",
      "feed-2 watching",
      "feed-10 watching",
      "web-1 serving",
    ]);
    await lease.getByText("decide-1 decides").waitFor();
    await lease.getByText("fence 7").waitFor();
    await page.getByText("Redis answers").waitFor();
    stage.service.cluster.takeOver();
    await showsInOrder(page, [
      "decide-2 deciding",
      "decide-1 silent",
      "feed-2 watching",
      "feed-10 watching",
      "web-1 serving",
    ]);
    await lease.getByText("decide-2 decides").waitFor();
    await lease.getByText("fence 8").waitFor();
    // In words, not by a colour.
    await page.locator('tr[data-process="decide-1"]').getByText("Silent for 1").waitFor();
    await inBothThemes(page, async (theme) => {
      expect(await accessibilityFaults(page)).toEqual([]);
      await shoot(page, `cluster-${theme}`);
    });
  });

  test("says that others may stand by unseen where there is no Redis", async () => {
    stage.service.cluster.several();
    stage.service.cluster.role = "decide";
    stage.service.cluster.redis = { state: "unused", error: null };
    stage.service.cluster.members = stage.service.cluster.members.filter(({ name }) => name === "decide-1");
    stage.service.cluster.shards = [];
    const page = await stage.come("#/system");
    await showsInOrder(page, ["decide-1 deciding"]);
    await page.getByText("Without Redis only the process that answers is listed").waitFor();
    expect(await page.locator("tr[data-shard]").count()).toBe(0);
    await shoot(page, "cluster-one-dark");
  });

  test("shows a shard that moves, one that nobody holds, and one whose holder is silent", async () => {
    stage.service.cluster.several();
    const page = await stage.come("#/system");
    const shard = (n: number) => page.locator(`tr[data-shard="${n}"]`);
    const cells = (name: string) => page.locator(`tr[data-process="${name}"] td.number`).allInnerTexts();
    await shard(1).getByText("feed-10", { exact: true }).waitFor();
    expect((await cells("feed-10"))[2]).toBe("1, 3");
    stage.service.cluster.move(1, "feed-2");
    await shard(1).getByText("feed-2", { exact: true }).waitFor();
    expect((await cells("feed-2"))[2]).toBe("0, 1, 2");
    expect((await cells("feed-10"))[2]).toBe("3");
    stage.service.cluster.move(2, null);
    await shard(2).getByText("Nobody").waitFor();
    stage.service.cluster.silence("feed-10");
    await shard(3).locator(".holder").getByText("Silent").waitFor();
    await shard(3).locator(".mark", { hasText: "Silent" }).waitFor();
    for (const it of stage.service.cluster.members) if (it.name === "web-1") it.behind_facts = 1_200;
    await page.locator('tr[data-process="web-1"]').getByText("1,200 messages behind").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  test("says that the lease has run out, that nobody decides, and that Redis does not answer", async () => {
    stage.service.cluster.several();
    const page = await stage.come("#/system");
    await page.locator('[data-lease="decide-1"]').waitFor();
    stage.service.cluster.left_ms = 0;
    await page.getByText("The lease of decide-1 has run out").waitFor();
    stage.service.cluster.lease = null;
    stage.service.cluster.redis = { state: "down", error: "Connection <b>refused</b>." };
    await page.getByText("Nobody decides: the lease is free").waitFor();
    await page.getByText("Redis does not answer").waitFor();
    await page.getByText("Connection <b>refused</b>.").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await shoot(page, "cluster-nobody-dark");
  });

  test("says why there is nothing, what is broken, and what is stale", async () => {
    stage.service.cluster.several();
    stage.service.behaviour = "empty";
    const page = await stage.come("#/system");
    await becomes(page, "empty");
    await page.getByText("No process has made itself known yet.").waitFor();
    stage.service.behaviour = "fail";
    await page.reload();
    await becomes(page, "broken");
    expect(await accessibilityFaults(page)).toEqual([]);
    stage.service.behaviour = "normal";
    await becomes(page, "live");
    await stage.service.stop();
    await becomes(page, "stale");
    expect((await shown(page)).length).toBe(5);
    // Nothing was heard of the lease since: it may have been renewed many times.
    expect(await page.locator("[data-lease]").innerText()).toContain("decide-1 decides");
    await shoot(page, "cluster-stale-dark");
    await stage.service.start();
    await becomes(page, "live");
  });

  test.each([
    ["on a desk", wide],
    ["on a phone", phone],
  ])("moves nothing %s while it loads again, and nothing below itself later", async (_, screen) => {
    stage.service.still = true;
    stage.service.cluster.several();
    const page = await stage.come("#/system", screen);
    await watchJumps(page);
    await page.locator("tr[data-process]").first().waitFor();
    await page.goto(`${stage.service.url}/?again#/system`);
    await page.locator("tr[data-process]").first().waitFor();
    await page.waitForTimeout(2_500);
    expect(await jumpsOf(page)).toBeLessThan(0.05);
    const below = page.getByRole("heading", { name: "Supervision tree" });
    const before = await below.boundingBox();
    stage.service.cluster.move(0, "feed-10");
    stage.service.cluster.takeOver();
    await page.locator('[data-lease="decide-2"]').waitFor();
    await page.locator('tr[data-shard="0"]').getByText("feed-10").waitFor();
    expect((await below.boundingBox())?.y).toBe(before?.y);
    expect(await tooWide(page)).toEqual([]);
    await shoot(page, screen === phone ? "cluster-phone-light" : "cluster-again-dark");
  });

  test.each([
    ["zh-Hans", "作决定", "无声"],
    ["zh-Hant", "作決定", "無聲"],
  ])("speaks %s, on a phone too", async (language, decides, silent) => {
    stage.service.cluster.several();
    stage.service.cluster.takeOver();
    const page = await stage.come("#/system", phone);
    await page.evaluate((tag) => localStorage.setItem("dutchbook.language", tag), language);
    await page.reload();
    await page.locator("[data-lease]").getByText(`decide-2 ${decides}`).waitFor();
    await page.locator('tr[data-process="decide-1"]').getByText(silent).waitFor();
    expect(await tooWide(page)).toEqual([]);
    expect(await accessibilityFaults(page)).toEqual([]);
    await shoot(page, `cluster-${language}`);
  });
});
