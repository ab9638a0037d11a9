import { describe, expect, test } from "vitest";
import { Problem } from "../../src/api/client";
import { feedAge, panelState, type PanelFacts } from "../../src/core/freshness";

const facts: PanelFacts = {
  loaded: true,
  empty: false,
  age_ms: 100,
  age_ms_max: 5_000,
  feed_stale_ms: null,
  problem: null,
};
const problem = new Problem("unreachable", "The service cannot be reached.", null, null);

describe("a panel is", () => {
  test("loading before the first answer", () => {
    expect(panelState({ ...facts, loaded: false }).kind).toBe("loading");
  });

  test("broken where the first answer failed", () => {
    expect(panelState({ ...facts, loaded: false, problem })).toEqual({ kind: "broken", problem });
  });

  test("live up to its limit and stale beyond it", () => {
    expect(panelState({ ...facts, age_ms: 5_000 }).kind).toBe("live");
    expect(panelState({ ...facts, age_ms: 5_001 })).toEqual({
      kind: "stale",
      age_ms: 5_001,
      empty: false,
      cause: "service_silent",
    });
  });

  test("still live after one failed refresh, and stale with that cause later", () => {
    expect(panelState({ ...facts, problem }).kind).toBe("live");
    expect(panelState({ ...facts, problem, age_ms: 9_000 })).toMatchObject({
      kind: "stale",
      cause: "refresh_failed",
    });
  });

  test("stale where the venue is silent, though the service answers", () => {
    expect(panelState({ ...facts, feed_stale_ms: 40_000 })).toEqual({
      kind: "stale",
      age_ms: 40_000,
      empty: false,
      cause: "feed_silent",
    });
  });

  test("empty only while what it knows is fresh", () => {
    expect(panelState({ ...facts, empty: true }).kind).toBe("empty");
    expect(panelState({ ...facts, empty: true, age_ms: 9_000 })).toMatchObject({
      kind: "stale",
      empty: true,
    });
  });
});

describe("the feed's age", () => {
  test("grows while the service is silent until it is stale", () => {
    const reading = { age_ms: 200, age_ms_max: 5_000, stale: false };
    expect(feedAge(reading, 300)).toEqual({ age_ms: 500, stale: false });
    expect(feedAge(reading, 4_900)).toEqual({ age_ms: 5_100, stale: true });
  });

  test("is not known and not fresh before the first frame", () => {
    expect(feedAge({ age_ms: null, age_ms_max: 5_000, stale: false }, 10)).toEqual({
      age_ms: null,
      stale: true,
    });
  });

  test("is stale where the service says so", () => {
    expect(feedAge({ age_ms: 10, age_ms_max: 5_000, stale: true }, 0).stale).toBe(true);
  });
});
