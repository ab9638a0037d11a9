import { describe, expect, test } from "vitest";
import { parseFrame } from "../../src/api/frames";
import { answerKind } from "../../src/core/answer";
import { drawn, formatDifference } from "../../src/core/share";
import { standingOf } from "../../src/core/skill";
import { activityOf } from "../../src/core/swarm";

const facts = (resolved: number, low: string | null, high: string | null) =>
  standingOf({ resolved, needed: 350, skill_low: low, skill_high: high });

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

describe("one call", () => {
  test.each([
    ["answered", null, false, "answered"],
    ["answered", null, true, "late"],
    ["abstained", null, false, "abstained"],
    ["failed", "late", false, "late"],
    ["failed", "malformed", true, "malformed"],
    ["failed", "moon", false, "failed"],
    ["failed", null, false, "failed"],
  ] as const)("that %s with %s, after the end: %s, is %s", (state, failure, late, kind) => {
    expect(answerKind({ state, failure, late })).toBe(kind);
  });
});

describe("the swarm in one word", () => {
  const round = { id: "", title: "", asked_at: "", answered: 0, expected: 1 };
  const budget = {
    limit: "5",
    reserved: "0",
    spent: "0",
    left: "5",
    calls: 0,
    calls_open: 0,
    refused: 0,
    text: "",
  };
  test.each([
    ["off", "stop", 1, "off"],
    ["starting", "full", 0, "starting"],
    ["on", "stop", 1, "budget_used"],
    ["on", "cheapest", 1, "saving"],
    ["on", "full", 1, "asking"],
    ["on", "full", 0, "ready"],
  ] as const)("%s, %s, %i running: %s", (state, level, running, word) => {
    const swarm = {
      state,
      budget: { ...budget, level },
      running: Array.from({ length: running }, () => round),
    };
    expect(activityOf(swarm)).toBe(word);
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
  test("without its parts is not believed", () => {
    const told = { id: "f", state: "asking", asked_at: "", ballots: [] };
    expect(frame(told)?.type).toBe("forecast");
    expect(frame({ ...told, ballots: undefined })).toBeNull();
  });
});
