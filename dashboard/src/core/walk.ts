import type { Cut } from "../api/desk";
import type { Page } from "../api/types";

/** Rows of a list that are saved at most: twenty thousand. */
export const walkRowsMax = 20_000;
/** Rows of one answer, as many as the service gives. */
const pageSize = 500;

/** A whole list, or its first rows where it is longer than the bound. */
export interface Walked<T> {
  rows: T[];
  whole: boolean;
}

/** Reads a list page by page to its end, or to its bound. A row that moved between two pages is taken once. */
export async function walk<T>(
  fetch: (cut: Cut, signal: AbortSignal) => Promise<Page<T>>,
  keyOf: (row: T) => string,
  onrows: (rows: number) => void,
  signal: AbortSignal,
  rows_max = walkRowsMax,
): Promise<Walked<T>> {
  const rows = new Map<string, T>();
  let cursor: string | null = null;
  do {
    const limit = Math.min(pageSize, rows_max - rows.size);
    const page: Page<T> = await fetch({ limit, cursor }, signal);
    signal.throwIfAborted();
    for (const row of page.data) rows.set(keyOf(row), row);
    onrows(rows.size);
    // A page with a cursor and without rows would be asked for again without end.
    cursor = page.data.length === 0 ? null : page.next_cursor;
  } while (cursor !== null && rows.size < rows_max);
  return { rows: [...rows.values()], whole: cursor === null };
}
