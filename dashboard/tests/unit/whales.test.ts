import { describe, expect, test } from "vitest";
import { parseFrame, SequenceWatch } from "../../src/api/frames";
import { silencedBy } from "../../src/core/freshness";
import { formatChange, formatShare } from "../../src/core/share";

const frame = (seq: number, data: unknown) =>
  parseFrame(JSON.stringify({ type: "whale_trade", seq, ts: "", data }));

const silent = (state: Parameters<typeof silencedBy>[0]) => silencedBy(state, 9_000, "trades_silent");

describe("a whale's frame", () => {
  const old_shape = { market: "M", side: "YES", amount: 15_000, price: 0.65, timestamp: "" };

  test("is believed in the shape that others rely on", () => {
    expect(frame(1, old_shape)?.type).toBe("whale_trade");
    expect(frame(1, { id: "w" })).toBeNull();
  });

  test("counts as a fact, so that none is missed unseen", () => {
    const watch = new SequenceWatch();
    const gaps = [1, 2, 5].map((seq) => frame(seq, old_shape));
    expect(gaps.map((it) => (it === null ? -1 : watch.observe(it)))).toEqual([0, 0, 2]);
  });
});

describe("a share", () => {
  test.each([
    ["0.5", 0, "50%"],
    ["0.415", 0, "42%"],
    ["-0.0213", 1, "\u22122.1%"],
    [null, 0, "–"],
    ["often", 0, "–"],
  ] as const)("of %s with %i decimals is %s", (value, places, shown) => {
    expect(formatShare(value, places)).toBe(shown);
  });

  test("that may be lost says its sign both ways", () => {
    expect(["0.12", "-0.12", "0", null].map((value) => formatChange(value))).toEqual([
      "+12.0%",
      "\u221212.0%",
      "0.0%",
      "–",
    ]);
  });
});

describe("a panel that rests on a silent source", () => {
  test("is stale though it is well itself", () => {
    expect(silent({ kind: "live" })).toEqual({
      kind: "stale",
      age_ms: 9_000,
      cause: "trades_silent",
      empty: false,
    });
    expect(silent({ kind: "empty" })).toMatchObject({ kind: "stale", empty: true });
  });

  test("keeps a worse state of its own", () => {
    expect(silent({ kind: "loading" })).toEqual({ kind: "loading" });
    expect(silencedBy({ kind: "live" }, null, "trades_silent")).toEqual({ kind: "live" });
  });
});
