import { describe, expect, test } from "vitest";
import { risen } from "../../src/core/alarm";
import { isDefinite, Problem } from "../../src/api/client";
import { acceptedFrom, gatesFrom } from "../../src/api/desk";
import { parseFrame, SequenceWatch, type Frame } from "../../src/api/frames";
import { shareOf, withDollar } from "../../src/core/decimal";
import { formatFigure, shortId } from "../../src/core/gate";
import { IdempotencyKeys } from "../../src/core/idempotency";
import { putRows, rowsMax } from "../../src/state/rows";

const keys = () => {
  let made = 0;
  return new IdempotencyKeys(() => `key-${(made += 1)}`);
};

const problem = (status: number | null, code = "x", fields = {}) =>
  new Problem(code, "", null, status, fields);

const row = (id: string, second: number, updated = second, note = "") => ({
  id,
  note,
  at: new Date(second * 1_000).toISOString(),
  updated: new Date(updated * 1_000).toISOString(),
});
type Row = ReturnType<typeof row>;
const put = (rows: readonly Row[], arrived: readonly Row[]) =>
  putRows(
    rows,
    arrived,
    ({ at }) => at,
    ({ updated }) => updated,
  );

const frame = (type: string, seq: number, data: unknown) =>
  parseFrame(JSON.stringify({ type, seq, ts: "", data }));
const order = (seq: number) => frame("order", seq, { id: "1", state: "live", side: "buy", size_shares: "1" });
const gaps = (frames: (Frame | null)[]) => {
  const watch = new SequenceWatch();
  return frames.map((it) => (it === null ? -1 : watch.observe(it)));
};

describe("the key of a command", () => {
  test("stays while nobody knows what became of it", () => {
    const it = keys();
    expect([it.keyFor("halt"), it.keyFor("halt")]).toEqual(["key-1", "key-1"]);
  });

  test("is new once that is known, though the words are the same", () => {
    const it = keys();
    it.keyFor("halt");
    it.settled();
    expect(it.keyFor("halt")).toBe("key-2");
  });

  test("is never shared by two different wishes", () => {
    const it = keys();
    it.keyFor("cancel 1");
    expect(it.keyFor("cancel 2")).toBe("key-2");
  });

  test("is 128 bits of chance", () => {
    const made = Array.from({ length: 50 }, () => new IdempotencyKeys().keyFor("x"));
    expect(new Set(made).size).toBe(50);
    expect(made.every((key) => /^[0-9a-f]{32}$/.test(key))).toBe(true);
  });
});

describe("an answer to a command", () => {
  test.each([
    [409, "risk_refused", true],
    [401, "unauthorized", true],
    [422, "below_minimum", true],
    [409, "idempotency_in_progress", false],
    [409, "outcome_unknown", false],
    [429, "x", false],
    [503, "busy", false],
    [null, "timeout", false],
  ])("%s %s: known not to have happened: %s", (status, code, known) => {
    expect(isDefinite(problem(status, code))).toBe(known);
  });

  test("of another shape is not taken for an approval", () => {
    for (const answer of [null, 7, "ok", {}, { status: "approved" }, { status: 1, orders: [] }]) {
      expect(acceptedFrom(answer)).toBeNull();
    }
  });

  test("names gates only where it has some", () => {
    expect(gatesFrom(problem(409, "risk_refused", { gates: [{ rule: "halted" }, 5] }))).toHaveLength(1);
    expect(gatesFrom(problem(409, "risk_refused", { gates: "many" }))).toEqual([]);
  });
});

describe("a figure", () => {
  test.each([
    ["usd", "1200.000001", "$1,200.000001"],
    ["usd", "14.2", "$14.20"],
    ["usd", "-3.5", "\u2212$3.50"],
    ["usd", "500", "$500"],
    ["count", "1000", "1,000"],
    ["price", "0.305", "30.50¢"],
    ["ms", "3049", "3,049 ms"],
    ["ms", "600000", "10 m"],
    ["text", "<b>words</b>", "<b>words</b>"],
    ["usd", "much", "–"],
  ] as const)("in %s of %s is %s", (unit, value, shown) => expect(formatFigure(unit, value)).toBe(shown));

  test("keeps its sign before the dollar", () => {
    expect([withDollar("1.00"), withDollar("\u22121.00"), withDollar("–")]).toEqual([
      "$1.00",
      "\u2212$1.00",
      "–",
    ]);
  });

  test("of a limit fills its bar by exact parts", () => {
    expect(shareOf("840.5", "1000")).toBe(0.8405);
    expect(shareOf("999.999999", "1000")).toBeLessThan(1);
    expect([shareOf("1000", "1000"), shareOf("2", "1"), shareOf("-1", "5")]).toEqual([1, 1, 0]);
    expect([shareOf("0", "0"), shareOf("x", "5")]).toEqual([1, null]);
  });

  test("too long to read is cut in its middle", () => {
    expect(shortId("0x0123456789abcdef0123")).toBe("0x012345…ef0123");
    expect(shortId("opp-1")).toBe("opp-1");
  });
});

describe("rows that arrive", () => {
  test("stand newest first, each once", () => {
    const rows = put([row("a", 1), row("c", 3)], [row("b", 2), row("c", 3, 9, "later")]);
    expect(rows.map(({ id, note }) => id + note)).toEqual(["clater", "b", "a"]);
  });

  test("are not undone by an older state of themselves", () => {
    const rows = put([row("a", 1, 9, "filled")], [row("a", 1, 2, "live")]);
    expect(rows[0]?.note).toBe("filled");
  });

  test("are bounded, the oldest leaving first", () => {
    const many = Array.from({ length: rowsMax + 5 }, (_, n) => row(`r${n}`, n));
    const rows = put([], many);
    expect(rows).toHaveLength(rowsMax);
    expect(rows.at(-1)?.id).toBe("r5");
  });
});

describe("a frame of trading", () => {
  test("without its parts is not believed", () => {
    expect(frame("trading", 1, { cash: {} })).toBeNull();
    expect(frame("decision", 1, { id: "1" })).toBeNull();
  });

  test("counts as a fact where it is one, so that none is missed unseen", () => {
    const state = { cash: {}, positions: [], open_orders: [], strategies: [], venue: {} };
    expect(gaps([order(5), frame("trading", 5, state), order(6), order(9)])).toEqual([0, 0, 0, 2]);
  });

  test("of a kind this page does not know counts by its number alone", () => {
    expect(gaps([order(5), frame("weather", 5, {}), frame("tide", 6, {}), order(7)])).toEqual([0, 0, 0, 0]);
  });
});

describe("an alarm", () => {
  const halt = { key: "halt 1", text: "Halted." };
  const refused = { key: "refused", text: "Refused." };
  test("rings when it comes up, and not again while it lasts", () => {
    expect(risen(new Set(), [halt])).toEqual([halt]);
    expect(risen(new Set(["halt 1"]), [halt, refused])).toEqual([refused]);
    expect(risen(new Set(["halt 1"]), [halt])).toEqual([]);
  });
  test("is none where it was there when the page was opened", () => {
    expect(risen(null, [halt, refused])).toEqual([]);
  });
});
