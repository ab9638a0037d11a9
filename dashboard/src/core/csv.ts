/** Tables as comma-separated values (RFC 4180), safe to open in a program that calculates. */

export type Cell = string | number | boolean | null | undefined;

/** A column: its name, and what stands in it. */
export type Columns<T> = readonly (readonly [name: string, cell: (row: T) => Cell])[];

const plainNumber = /^-?\d+(\.\d+)?$/;
/** A text that begins so is taken for a formula, wherever it came from. */
const formula = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;

/** One cell. Numbers stay as they are; a text that could be a formula is marked as text. */
export function csvCell(cell: Cell): string {
  if (cell === null || cell === undefined) return "";
  const text = String(cell);
  const safe = formula.test(text) && !plainNumber.test(text) ? `'${text}` : text;
  return /[",\n\r\t']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The whole table with a first line of names. */
export function csvOf<T>(columns: Columns<T>, rows: readonly T[]): string {
  const lines = [
    columns.map(([name]) => csvCell(name)),
    ...rows.map((row) => columns.map(([, cell]) => csvCell(cell(row)))),
  ];
  return lines.map((line) => `${line.join(",")}\r\n`).join("");
}

/** Columns that are fields of the rows, under the names that the API gives them. */
export const fieldsOf =
  <T>() =>
  <K extends keyof T & string>(...names: K[]): Columns<T> =>
    names.map((name) => [name, (row: T) => row[name] as Cell] as const);
