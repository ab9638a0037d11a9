import { describe, expect, test } from "vitest";
import type { Opportunity } from "../../src/api/types";
import { keepPlaces, sortOpportunities } from "../../src/core/order";
import { applyOpportunities, closedMax, emptyLedger, openMax, replaceLedger } from "../../src/state/ledger";
import { chance, makeMarket, makeOpportunity } from "../mock/world.mjs";

const random = chance(1);
const markets = [makeMarket(random, 0)];

function open(id: string, changes: Partial<Opportunity> = {}): Opportunity {
  return { ...makeOpportunity(random, 1, markets), id, ...changes };
}

function closed(id: string, second: number): Opportunity {
  const closed_at = new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
  return open(id, { state: "closed", closed_at });
}

describe("the ledger of opportunities", () => {
  test("keeps one entry for each id, the latest", () => {
    const ledger = applyOpportunities(emptyLedger, [
      open("a", { net: "1" }),
      open("b"),
      open("a", { net: "2" }),
    ]);
    expect([...ledger.open.keys()]).toEqual(["a", "b"]);
    expect(ledger.open.get("a")?.net).toBe("2");
  });

  test("moves what closes to the closed list, latest first", () => {
    const before = applyOpportunities(emptyLedger, [open("a"), open("b"), open("c")]);
    const after = applyOpportunities(before, [closed("b", 5), closed("a", 9), closed("c", 7)]);
    expect(after.open.size).toBe(0);
    expect(after.closed.map(({ id }) => id)).toEqual(["a", "c", "b"]);
  });

  test("never reopens what has closed", () => {
    const ledger = applyOpportunities(emptyLedger, [closed("a", 1), open("a")]);
    expect(ledger.open.size).toBe(0);
    expect(ledger.closed).toHaveLength(1);
  });

  test("leaves the ledger before it as it was", () => {
    const before = applyOpportunities(emptyLedger, [open("a")]);
    applyOpportunities(before, [closed("a", 1), open("b")]);
    expect([...before.open.keys()]).toEqual(["a"]);
    expect(before.closed).toEqual([]);
  });

  test("keeps a bounded number closed, the oldest leave", () => {
    const many = Array.from({ length: closedMax + 10 }, (_, n) => closed(`c${n}`, n));
    const ledger = applyOpportunities(emptyLedger, many);
    expect(ledger.closed).toHaveLength(closedMax);
    expect(ledger.closed[0]?.id).toBe(`c${closedMax + 9}`);
  });

  test("keeps a bounded number open and counts the rest", () => {
    const many = Array.from({ length: openMax + 3 }, (_, n) => open(`o${n}`));
    const ledger = applyOpportunities(emptyLedger, many);
    expect(ledger.open.size).toBe(openMax);
    expect(ledger.overflow).toBe(3);
  });

  test("takes frames that arrived during a fetch for newer than its answer", () => {
    const ledger = replaceLedger(
      [open("a", { net: "1" }), open("b")],
      [],
      [closed("b", 3), open("a", { net: "4" })],
    );
    expect(ledger.open.get("a")?.net).toBe("4");
    expect([...ledger.open.keys()]).toEqual(["a"]);
    expect(ledger.closed.map(({ id }) => id)).toEqual(["b"]);
  });

  test("forgets what a fetch no longer knows", () => {
    const ledger = replaceLedger([open("b")], [], []);
    expect([...ledger.open.keys()]).toEqual(["b"]);
  });
});

describe("the order of the table", () => {
  test("is by value, best first, and equal ones by id", () => {
    const list = [open("b", { net: "9.5" }), open("c", { net: "10" }), open("a", { net: "9.50" })];
    expect(sortOpportunities(list, "net").map(({ id }) => id)).toEqual(["c", "a", "b"]);
  });

  test("puts an unknown return last", () => {
    const list = [
      open("x", { annualised_return_bips: null }),
      open("y", { annualised_return_bips: -50 }),
      open("z", { annualised_return_bips: null }),
    ];
    expect(sortOpportunities(list, "return").map(({ id }) => id)).toEqual(["y", "x", "z"]);
  });

  test("leaves rows where they are: new ones come after them while somebody reads", () => {
    expect(keepPlaces(["a", "gone", "b"], ["n", "b", "a"], "after")).toEqual(["a", "gone", "b", "n"]);
  });

  test("gives the places of closed ones to new ones, the best first, and lets closed ones at the end go", () => {
    expect(keepPlaces(["a", "gone", "b"], ["n", "b", "m", "a"], "gaps")).toEqual(["a", "n", "b", "m"]);
    expect(keepPlaces(["a", "gone", "b", "last"], ["b", "a"], "gaps")).toEqual(["a", "gone", "b"]);
    expect(keepPlaces(["gone"], [], "gaps")).toEqual([]);
  });
});
