import { describe, expect, test } from "vitest";
import { problemFrom } from "../../src/api/client";
import { funnelOf } from "../../src/core/funnel";
import { formatRoute, parseRoute } from "../../src/core/route";
import { formatAge, formatSpan, toMillis } from "../../src/core/time";
import { countTree, flattenTree } from "../../src/core/tree";
import { applyMarketUpdate } from "../../src/state/market-page";
import { chance, makeMarket, makeTree } from "../mock/world.mjs";

describe("the funnel", () => {
  const reasons = [
    { code: "no_edge", text: "", count: 90 },
    { code: "stale", text: "", count: 0 },
    { code: "skewed", text: "", count: 6 },
  ];

  test("adds up where every look is explained", () => {
    const funnel = funnelOf({ looks: 100, found: 4, open: 1, reasons });
    expect(funnel.missing).toBe(0);
    expect(funnel.rows.map(({ code, share }) => [code, share])).toEqual([
      ["no_edge", 0.9],
      ["skewed", 0.06],
    ]);
    expect(funnel.unused).toBe(1);
  });

  test("says by how much it does not", () => {
    expect(funnelOf({ looks: 103, found: 4, open: 1, reasons }).missing).toBe(3);
    expect(funnelOf({ looks: 0, found: 0, open: 0, reasons: [] })).toMatchObject({ missing: 0, rows: [] });
  });
});

describe("the tree", () => {
  test("becomes rows in order with their lines", () => {
    const rows = flattenTree(makeTree());
    expect(rows.slice(0, 4).map(({ node, depth }) => [node.name, depth])).toEqual([
      ["root", 0],
      ["storage", 1],
      ["store-writer", 2],
      ["market-data", 1],
    ]);
    expect(rows[2]).toMatchObject({ rails: [true], last: true });
    expect(rows.at(-1)).toMatchObject({ rails: [false], last: true });
  });

  test("is counted with its restarts and troubles", () => {
    const tree = makeTree();
    const [storage] = tree.children;
    if (storage !== undefined) Object.assign(storage, { status: "backoff", restarts: 3 });
    const counts = countTree(tree);
    expect(counts).toMatchObject({ restarts: 3, troubled: 1 });
    expect(counts.up).toBe(counts.actors - 1);
  });
});

describe("the address", () => {
  test("carries the page and its settings there and back", () => {
    const hash = formatRoute("markets", { q: "a & b?", watched: null, after: "" });
    expect(parseRoute(hash)).toEqual({ page: "markets", params: { q: "a & b?" } });
  });

  test("of no known page is the first page", () => {
    for (const hash of ["", "#", "#/", "#/nowhere?x=1", "#/__proto__"]) {
      expect(parseRoute(hash).page).toBe("desk");
    }
  });

  test("of the link that lets in is the first page, and leads nowhere else", () => {
    expect(parseRoute("#/login?key=abc")).toEqual({ page: "desk", params: {} });
    expect(parseRoute("#/nowhere").missing).toBe("nowhere");
  });
});

describe("a length of time", () => {
  test.each([
    [12, "12 ms"],
    [1_250, "1.2 s"],
    [59_000, "59 s"],
    [300_000, "5 m"],
    [7_200_000, "2 h"],
    [864_000_000, "10 d"],
    [-5, "0 ms"],
  ])("of %i ms is %s", (ms, shown) => expect(formatSpan(ms)).toBe(shown));

  test("below a second is now, as an age", () => {
    expect(formatAge(400)).toBe("now");
    expect(formatAge(4_900)).toBe("4 s");
  });

  test("cannot start at what is not a time", () => {
    expect(toMillis("yesterday")).toBeNull();
    expect(toMillis("1970-01-01T00:00:01Z")).toBe(1_000);
  });
});

describe("a market update", () => {
  const market = makeMarket(chance(3), 1);
  const page = { data: [market], next_cursor: null };
  const update = { condition_id: market.condition_id, title: "", price: 0.5, volume_24h: 1, timestamp: "" };

  test("changes the first outcome of its market alone", () => {
    const after = applyMarketUpdate(page, { ...update, bid: "0.4", ask: null, trust: "suspect" });
    expect(after.data[0]?.outcomes[0]).toMatchObject({ best_bid: "0.4", best_ask: null, trust: "suspect" });
    expect(after.data[0]?.outcomes[1]).toBe(market.outcomes[1]);
    expect(page.data[0]).toBe(market);
  });

  test("of a market that is not shown changes nothing", () => {
    expect(applyMarketUpdate(page, { ...update, condition_id: "other" })).toBe(page);
  });
});

describe("a refusal", () => {
  test("is read with its code and what to do", () => {
    const problem = problemFrom(409, { code: "busy", title: "Busy", detail: "It is busy.", hint: "Wait." });
    expect(problem).toMatchObject({ code: "busy", detail: "It is busy.", hint: "Wait.", status: 409 });
  });

  test("in any other shape is still told", () => {
    expect(problemFrom(502, "<html>")).toMatchObject({ code: "http_502", detail: "HTTP 502", hint: null });
  });
});
