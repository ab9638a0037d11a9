import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Door } from "./door";
import {
  accessibilityFaults,
  eventually,
  launch,
  panelState,
  service,
  shoot,
  skipped,
  wide,
} from "./harness";
import { Reader } from "./running";

const list = "Open opportunities";

describe.skipIf(skipped)("the running service, gone and back", () => {
  let browser: Browser;
  let reader: Reader;
  let door: Door;

  beforeAll(async () => {
    browser = await launch();
    reader = new Reader(browser);
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    door = new Door(service);
    await door.open();
  });
  afterEach(async () => {
    await reader.leave();
    await door.shut();
  });

  test("a panel turns stale where nothing comes any more, and says its age", async () => {
    const page = await reader.come("#/opportunities", wide, door.url);
    await eventually("the list is live", async () => (await panelState(page, list)) === "live");
    door.hold();
    await eventually("the list is stale", async () => (await panelState(page, list)) === "stale");
    expect(await page.locator("tr.row").count()).toBeGreaterThan(0);
    expect(await accessibilityFaults(page)).toEqual([]);
    await shoot(page, "service-stale-dark");
  });

  test("the page says that the service is gone, keeps what it showed, and heals when it is back", async () => {
    const page = await reader.come("#/opportunities", wide, door.url);
    await eventually("the list is live", async () => (await panelState(page, list)) === "live");
    await door.shut();
    await page.getByText("No connection to the service.").first().waitFor();
    await eventually("the list is stale", async () => (await panelState(page, list)) === "stale");
    expect(await page.locator("tr.row").count()).toBeGreaterThan(0);
    await shoot(page, "service-gone-dark");
    await door.open();
    await eventually("the list is live again", async () => (await panelState(page, list)) === "live");
  });
});
