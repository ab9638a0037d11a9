/** Which rows of a long list are drawn. */
export interface RowWindow {
  /** First row drawn. */
  from: number;
  /** The row after the last one drawn. */
  to: number;
}

/** Rows above and below the screen that are drawn too, so that scrolling shows no hole. */
const spareRows = 8;

/** The rows on the screen, and a few around them, where every row is equally high. */
export function rowWindow(scrolled: number, height: number, row_height: number, total: number): RowWindow {
  if (row_height <= 0 || total <= 0) return { from: 0, to: 0 };
  const first = Math.floor(Math.max(0, scrolled) / row_height);
  const shown = Math.ceil(Math.max(0, height) / row_height) + 1;
  const from = Math.max(0, Math.min(first, total - shown) - spareRows);
  return { from, to: Math.min(total, Math.max(first, 0) + shown + spareRows) };
}

/** Where to scroll so that a row is seen whole; unchanged where it is. */
export function scrollToRow(row: number, scrolled: number, height: number, row_height: number): number {
  const top = row * row_height;
  if (top < scrolled) return top;
  return top + row_height > scrolled + height ? top + row_height - height : scrolled;
}

/** The row that a key leads to; null where it leads nowhere. */
export function rowAfterKey(key: string, row: number, total: number, page: number): number | null {
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: row + 1,
    ArrowUp: row - 1,
    PageDown: row + page,
    PageUp: row - page,
    Home: 0,
    End: total - 1,
  };
  const wanted = steps[key];
  return wanted === undefined || total === 0 ? null : Math.max(0, Math.min(total - 1, wanted));
}
