import { describe, expect, test } from "vitest";
import { parseFrame } from "../../src/api/frames";
import { drawn, formatDifference } from "../../src/core/share";
import { standingOf } from "../../src/core/skill";

const facts = (resolved: number, low: string | null, high: string | null) =>
  standingOf({ resolved, resolved_min: 350, skill_low: low, skill_high: high });

const frame = (data: unknown) => parseFrame(JSON.stringify({ type: "forecast", seq: 1, ts: "", data }));

describe("what a skill proves", () => {
  test.each([
    [0, null, null, "unknown"],
    [400, "0.001", "0.02", "better"],
    [349, "0.001", "0.02", "open"],
    [400, "-0.001", "0.02", "open"],
    [400, "0", "0.02", "open"],
    [40, "-0.09", "-0.001", "worse"],
    [400, null, null, "open"],
    [400, "much", "more", "open"],
  ] as const)("%i resolved, %s to %s: %s", (resolved, low, high, standing) => {
    expect(facts(resolved, low, high)).toBe(standing);
  });
});

describe("a score", () => {
  test("that is a difference says its sign both ways", () => {
    expect(["0.0131", "-0.0131", "0", null, "x"].map((value) => formatDifference(value))).toEqual([
      "+0.013",
      "\u22120.013",
      "0.000",
      "–",
      "–",
    ]);
  });

  test("is drawn between nothing and all, whatever it says", () => {
    expect(["0", "0.25", "1", "7", "-3", null, "x"].map(drawn)).toEqual([0, 0.25, 1, 1, 0, null, null]);
  });
});

describe("a forecast's frame", () => {
  test("without an id is not believed", () => {
    expect(frame({ id: "f" })?.type).toBe("forecast");
    expect(frame({ blended: "0.5" })).toBeNull();
  });
});
