import { describe, expect, test } from "vitest";
import { sumOf } from "../../src/core/decimal";
import { rungs, sumPrices } from "../../src/core/depth";
import { drawdowns, joined, scaleOver, withPoint } from "../../src/core/series";
import { changesOf, readSetting, settingsOf } from "../../src/core/settings";
import { addsUp } from "../../src/core/stages";
import { draftFor, orderOf, previewMsMax, standingOf, sellable } from "../../src/core/ticket";
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
  test("has a scale of round steps, also where nothing moves", () => {
    expect(scaleOver([0, 10]).ticks).toEqual([0, 2.5, 5, 7.5, 10]);
    const { low, high } = scaleOver([5, 5, 5]);
    expect(low).toBeLessThan(5);
    expect(high).toBeGreaterThan(5);
    expect(scaleOver([Number.NaN]).low).toBe(0);
  });
  test("falls from its peak and never below zero", () => {
    const line = [10, 12, 9, 13].map((value, at) => ({ at, value }));
    expect(drawdowns(line).map(({ value }) => value)).toEqual([0, 0, 3, 0]);
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
