import type { Page } from "../../src/api/types";
import { walk } from "../../src/core/walk";
import { describe, expect, test } from "vitest";
import { csvCell, csvOf } from "../../src/core/csv";
import { filtersMax, readFilters, withFilter } from "../../src/core/saved-filters";
import { rowAfterKey, rowWindow, scrollToRow } from "../../src/core/window";

describe("a cell of an exported table", () => {
  test.each(["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\tx", "\r=1"])("marks %j as text", (text) => {
    expect(csvCell(text).replace(/^"/, "").startsWith("'")).toBe(true);
  });
  test.each(["-12.5", "0.31", "10000", "-7"])("leaves the number %s a number", (text) => {
    expect(csvCell(text)).toBe(text);
  });
  test("is quoted where it holds a separator, a quote or a line", () => {
    expect(csvCell('a "b", c')).toBe('"a ""b"", c"');
    expect(csvCell("two\nlines")).toBe('"two\nlines"');
    expect(csvCell(null)).toBe("");
  });
  test("stands under its name", () => {
    const text = csvOf([["name", (it: { name: string }) => it.name]], [{ name: "=x" }, { name: "y" }]);
    expect(text).toBe('name\r\n"\'=x"\r\ny\r\n');
  });
});

describe("a long list", () => {
  test("draws what is on the screen and a few more", () => {
    expect(rowWindow(0, 600, 50, 10_000)).toEqual({ from: 0, to: 21 });
    const { from, to } = rowWindow(250_000, 600, 50, 10_000);
    expect([from, to]).toEqual([4_992, 5_021]);
    expect(rowWindow(499_400, 600, 50, 10_000).to).toBe(10_000);
  });
  test("draws nothing of nothing, and its end where it became shorter", () => {
    expect(rowWindow(0, 600, 50, 0)).toEqual({ from: 0, to: 0 });
    const { from, to } = rowWindow(100_000, 600, 50, 20);
    expect(from).toBeLessThan(to);
    expect(to).toBe(20);
  });
  test("is walked by keys, and never left", () => {
    expect(rowAfterKey("ArrowDown", -1, 3, 2)).toBe(0);
    expect(rowAfterKey("PageDown", 1, 3, 2)).toBe(2);
    expect(rowAfterKey("Home", 2, 3, 2)).toBe(0);
    expect(rowAfterKey("ArrowUp", 0, 3, 2)).toBe(0);
    expect(rowAfterKey("x", 0, 3, 2)).toBeNull();
    expect(rowAfterKey("End", 0, 0, 2)).toBeNull();
  });
  test("scrolls no further than it must", () => {
    expect(scrollToRow(3, 0, 600, 50)).toBe(0);
    expect(scrollToRow(12, 0, 600, 50)).toBe(50);
    expect(scrollToRow(2, 500, 600, 50)).toBe(100);
  });
});

describe("saved filters", () => {
  test("are read as far as they are filters", () => {
    expect(readFilters("not json")).toEqual([]);
    expect(readFilters('{"a":1}')).toEqual([]);
    expect(readFilters('[{"name":"a","params":{"q":"x","n":1}},{"name":2},null]')).toEqual([
      { name: "a", params: { q: "x" } },
    ]);
  });
  test("replace those of the same name, and are not more than can be kept", () => {
    let list = withFilter([], { name: " a ", params: { q: "1" } });
    list = withFilter(list, { name: "a", params: { q: "2" } });
    expect(list).toEqual([{ name: "a", params: { q: "2" } }]);
    expect(withFilter(list, { name: "  ", params: {} })).toEqual(list);
    for (let n = 0; n < 30; n += 1) list = withFilter(list, { name: `f${n}`, params: {} });
    expect(list.length).toBe(filtersMax);
  });
});

interface Row {
  id: number;
}
const pages =
  (sizes: number[]) =>
  async ({ cursor }: { cursor: string | null }): Promise<Page<Row>> => {
    const at = Number(cursor ?? "0");
    const data = Array.from({ length: sizes[at] ?? 0 }, (_, n) => ({ id: at * 10 + n }));
    return { data, next_cursor: at + 1 < sizes.length ? String(at + 1) : null };
  };
const hollow = async (): Promise<Page<Row>> => ({ data: [], next_cursor: "again" });
const moved = async ({ cursor }: { cursor: string | null }): Promise<Page<Row>> => ({
  data: [{ id: 1 }],
  next_cursor: cursor === null ? "next" : null,
});
const key = ({ id }: Row): string => String(id);
const quiet = (): void => {};
const go = new AbortController().signal;

describe("a whole list", () => {
  test("is read page by page to its end", async () => {
    const read: number[] = [];
    const list = await walk(pages([3, 3, 1]), key, (rows) => read.push(rows), go);
    expect([list.whole, list.rows.length, read]).toEqual([true, 7, [3, 6, 7]]);
  });
  test("ends at its bound, and says that there is more", async () => {
    const list = await walk(pages([3, 3, 3]), key, quiet, go, 5);
    expect([list.whole, list.rows.length]).toEqual([false, 6]);
  });
  test("takes a row once that moved to the next page, and does not go round in circles", async () => {
    expect((await walk(moved, key, quiet, go)).rows).toEqual([{ id: 1 }]);
    expect((await walk(hollow, key, quiet, go)).rows).toEqual([]);
  });
  test("is given up where the reader stops it", async () => {
    const stop = new AbortController();
    const list = walk(pages([3, 3]), key, () => stop.abort(), stop.signal);
    await expect(list).rejects.toThrow();
  });
});
