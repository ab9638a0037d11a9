import { describe, expect, test } from "vitest";
import { sumOf } from "../../src/core/decimal";
import { rungs, sumPrices } from "../../src/core/depth";
import { joined, nearestKey, slotsOf, within, withPoint } from "../../src/core/series";
import { spanFrom, spanOf } from "../../src/core/span";
import { changesOf, readSetting, settingsOf } from "../../src/core/settings";
import { addsUp } from "../../src/core/stages";
import {
  draftFor,
  inUnit,
  orderOf,
  sharesOf,
  worthOf,
  previewMsMax,
  standingOf,
  sellable,
} from "../../src/core/ticket";
import type { Position } from "../../src/api/trading";
import { chance, makeMarket } from "../mock/world.mjs";

describe("a line over time", () => {
  test("keeps the newest value without growing at every frame", () => {
    let line = withPoint([], { at: 0, value: 1 }, 1_000, 3);
    for (const at of [1_000, 1_400, 1_900]) line = withPoint(line, { at, value: at }, 1_000, 3);
    expect(line.map(({ at }) => at)).toEqual([0, 1_000, 1_900]);
    for (const at of [3_000, 5_000, 7_000]) line = withPoint(line, { at, value: 0 }, 1_000, 3);
    expect(line.length).toBe(3);
  });
  test("takes no point from before its last one", () => {
    expect(withPoint([{ at: 5, value: 1 }], { at: 4, value: 2 }, 0, 9)).toEqual([{ at: 5, value: 1 }]);
  });
  test("begins with the past, and believes the present where they overlap", () => {
    const past = [1, 2, 3].map((at) => ({ at, value: 0 }));
    expect(joined(past, [{ at: 2, value: 9 }]).map(({ at }) => at)).toEqual([1, 2]);
    expect(joined(past, [])).toEqual(past);
  });
  test("is cut into equal stretches of whole seconds, each with the newest point up to its end", () => {
    const line = [0, 400, 2_500, 9_000].map((at) => ({ at, value: at }));
    const slots = slotsOf([line, [{ at: 6_100, value: 1 }]], 5);
    expect(slots.map(({ at }) => at)).toEqual([0, 3_000, 6_000, 9_000]);
    expect(slots.map(({ points: [point] }) => point?.value)).toEqual([2_500, 2_500, 2_500, 9_000]);
    expect(slots.map(({ points: [, point] }) => point?.value)).toEqual([undefined, undefined, 1, 1]);
    expect(slotsOf([[], []], 5)).toEqual([]);
  });
  test("has at most so many stretches, however long it is", () => {
    const line = [0, 86_400_000].map((at) => ({ at, value: 1 }));
    expect(slotsOf([line], 480).length).toBeLessThanOrEqual(480);
  });
  test("within a span begins where it stood when the span began", () => {
    const line = [1_000, 2_000, 8_000].map((at) => ({ at, value: at }));
    expect(within(line, 5_000, 10_000)).toEqual([
      { at: 5_000, value: 2_000 },
      { at: 8_000, value: 8_000 },
    ]);
    expect(within(line, 100_000, 10_000)).toEqual(line);
    expect(within(line, 1_000, 10_000)).toEqual([{ at: 9_000, value: 8_000 }]);
    expect(within([], 1_000, 10_000)).toEqual([]);
  });
  test("is read out at the nearest place", () => {
    expect(nearestKey([10, 20, 30], 24)).toBe(1);
    expect(nearestKey([10, 20, 30], 900)).toBe(2);
    expect(nearestKey([], 24)).toBeNull();
  });
  test("reaches back as far as its address says, a day where it says nothing", () => {
    expect([spanOf("6h"), spanOf(""), spanOf("2y")]).toEqual(["6h", "24h", "24h"]);
    expect(spanFrom("1h", Date.parse("2026-01-01T12:00:00Z"))).toBe("2026-01-01T11:00:00.000Z");
  });
});

describe("depth", () => {
  test("adds up from the best price on", () => {
    const levels = ["0.5", "0.49", "0.48"].map((price) => ({ price, size_shares: "10" }));
    expect(rungs(levels, 2, 40).map(({ sum, share }) => [sum, share])).toEqual([
      [10, 0.25],
      [20, 0.5],
    ]);
  });
  test("sums the prices of a group exactly, and counts those without one", () => {
    expect(sumPrices(["0.1", "0.2", null, "0.3"])).toEqual({ sum: "0.600000", missing: 1 });
  });
});

describe("sums of decimals", () => {
  test.each([
    [["0.1", "0.2"], "0.3"],
    [["-1.5", "1"], "-0.5"],
    [["0.000001", "9007199254740993"], "9007199254740993.000001"],
    [[], "0"],
  ])("of %j is %s", (texts, sum) => expect(sumOf(texts)).toBe(sum));
});

const stage = (count: number, left: number, on: number) => ({
  stage: "x",
  count,
  left: [{ rule: "a", text: "", count: left }],
  on,
});

describe("the funnel of decisions", () => {
  test("adds up where each stage hands on what did not leave it", () => {
    expect(addsUp([stage(10, 7, 3), stage(3, 1, 2)])).toBe(true);
  });
  test("does not where anything is lost on the way", () => {
    expect(addsUp([stage(10, 6, 3), stage(3, 1, 2)])).toBe(false);
    expect(addsUp([stage(10, 7, 3), stage(4, 2, 2)])).toBe(false);
  });
});

describe("an order that is being written", () => {
  const market = makeMarket(chance(1), 0);
  const yes = market.outcomes[0];
  const draft = draftFor(market, { token_id: yes?.token_id ?? "", side: "buy" });

  test("begins at the best price of the other side, in the smallest size", () => {
    expect(draft.price).toBe(yes?.best_ask ?? "");
    expect(draft.size_shares).toBe("5");
  });
  test("takes the price that was pointed at, and what can be sold", () => {
    const wish = { token_id: "1", side: "sell" as const, price: "0.4", size_shares: "597.57" };
    expect(draftFor(market, wish)).toMatchObject({ price: "0.4", size_shares: "597.57", side: "sell" });
  });
  test("sells what is settled and not on its way out, in whole hundredths", () => {
    const held = { settled_shares: "1597.579999", pending_out_shares: "97.5" } as Position;
    expect(sellable(held)).toBe("1500.07");
    expect(sellable({ ...held, pending_out_shares: "1600" })).toBe("-2.43");
  });
  test("is none where a number is missing or is not one", () => {
    expect(orderOf({ ...draft, size_shares: "" }, "0x1")).toBeNull();
    expect(orderOf({ ...draft, price: "1e-2" }, "0x1")).toBeNull();
    expect(orderOf({ ...draft, lifetime: "GTD" }, "0x1")).toBeNull();
  });
  test("takes dollars for as many hundredths of shares as they hold at the limit, rounded down", () => {
    const dollars = { ...draft, price: "0.33", size_usd: "10" };
    expect(orderOf(dollars, "0x1")?.size_shares).toBe("30.30");
    expect(orderOf({ ...dollars, size_usd: "1,5" }, "0x1")?.size_shares).toBe("4.54");
    expect(orderOf({ ...dollars, price: "0" }, "0x1")).toBeNull();
    expect(orderOf({ ...dollars, size_usd: "" }, "0x1")).toBeNull();
    // No float: a thousandth of a cent below is below.
    expect(sharesOf({ ...dollars, price: "0.1", size_usd: "0.299999999999999999" })).toBe("2.99");
    expect(sharesOf({ ...dollars, price: "0.1", size_usd: "0.3" })).toBe("3.00");
  });
  test("is worth its shares at the limit, rounded up to cents, and keeps its size in another unit", () => {
    const shares = { ...draft, price: "0.333", size_shares: "10" };
    expect(worthOf(shares)).toBe("3.33");
    expect(worthOf({ ...shares, size_shares: "7" })).toBe("2.34");
    expect(inUnit(shares, "usd")).toMatchObject({ size_usd: "3.33", size_shares: "10" });
    expect(inUnit(inUnit(shares, "usd"), "shares")).toMatchObject({ size_usd: null, size_shares: "10.00" });
  });
  test("reads a comma and a point without a zero", () => {
    expect(orderOf({ ...draft, price: " ,52" }, "0x1")?.price).toBe("0.52");
  });
  test("may be sent only as it was looked at, and only for a while", () => {
    const order = orderOf({ ...draft, price: "0.5" }, "0x1");
    const looked = order === null ? null : { order, verdict: "approved" as const, at_ms: 1_000 };
    expect(standingOf(order, null, 1_000)).toBe("none");
    expect(standingOf(order, looked, 2_000)).toBe("approved");
    expect(standingOf(order, looked, 1_001 + previewMsMax)).toBe("old");
    expect(standingOf(orderOf({ ...draft, price: "0.51" }, "0x1"), looked, 2_000)).toBe("old");
    expect(standingOf(order, looked && { ...looked, verdict: "refused" }, 2_000)).toBe("refused");
  });
});

describe("a strategy’s settings", () => {
  const before = settingsOf({ enabled: true, budget_usd: "2000", cool_down_ms: 5, nested: {} });
  test("are the plain ones", () =>
    expect(before.map(({ name }) => name)).toEqual(["enabled", "budget_usd", "cool_down_ms"]));
  test("are sent only where they differ", () => {
    expect(changesOf(before, { enabled: true, budget_usd: "750" })).toEqual([
      { name: "budget_usd", value: "750" },
    ]);
  });
  test("stay of their kind", () => {
    expect(readSetting("750", "2000")).toBe("750");
    expect(readSetting("12", 5)).toBe(12);
    expect(readSetting("-1", 5)).toBeNull();
    expect(readSetting("1.5", 5)).toBeNull();
  });
});
