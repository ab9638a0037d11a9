import { describe, expect, test } from "vitest";
import { all } from "../../src/core/route";
import { skipped, wide } from "./harness";
import { jumpsOf, watchJumps } from "./calm";
import { Stage } from "./stage";

/** Beyond 0.1 browsers call a page unsteady. */
const jumpMax = 0.05;
const market = `?id=0x${"0000000c".repeat(8)}`;
const narrow = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true } as const;

describe.skipIf(skipped)("no page jumps while it loads and lives", () => {
  const stage = new Stage();

  test.each([
    ["on a desk", wide],
    ["on a phone", narrow],
  ])("%s", async (_, screen) => {
    stage.service.still = true;
    const page = await stage.come("", screen);
    await watchJumps(page);
    const jumps: Record<string, number> = {};
    for (const name of all) {
      await page.goto(`${stage.service.url}/?${name}#/${name}${name === "market" ? market : ""}`);
      await page.locator('main section[data-state="live"]').first().waitFor();
      // Long enough for what comes later than the first panel, and for a few changes.
      await page.waitForTimeout(2_500);
      jumps[name] = await jumpsOf(page);
    }
    expect(Object.entries(jumps).filter(([, jumped]) => jumped > jumpMax)).toEqual([]);
  });
});
