/** Rows that arrive one by one, newest first. Never changed in place. */

export interface Dated {
  id: string;
}

/** Rows kept; the oldest leave first. */
export const rowsMax = 500;

/**
 * Puts rows into a list by their moment; one that is known is replaced where it stands. `newest` of two
 * states of one row wins, so that an old answer never undoes what was told since.
 */
export function putRows<T extends Dated>(
  rows: readonly T[],
  arrived: readonly T[],
  moment: (row: T) => string,
  changed: (row: T) => string = moment,
): T[] {
  if (arrived.length === 0) return [...rows];
  const known = new Map(rows.map((row) => [row.id, row]));
  for (const row of arrived) {
    const before = known.get(row.id);
    if (before === undefined || Date.parse(changed(row)) >= Date.parse(changed(before)))
      known.set(row.id, row);
  }
  const key = new Map(Array.from(known.values(), (row) => [row.id, Date.parse(moment(row))]));
  return [...known.values()]
    .toSorted((a, b) => (key.get(b.id) ?? 0) - (key.get(a.id) ?? 0) || (a.id < b.id ? 1 : -1))
    .slice(0, rowsMax);
}
