import { isRecord } from "./shape";

/** A view of a page that the reader gave a name: its settings as they stand in the address. */
export interface SavedFilter {
  name: string;
  params: Readonly<Record<string, string>>;
}

/** Filters kept for one page; the oldest leave first. */
export const filtersMax = 20;
export const nameMax = 40;

/** Reads what was stored; what is no filter is left out, whoever wrote it. */
export function readFilters(text: string | null): SavedFilter[] {
  let stored: unknown;
  try {
    stored = JSON.parse(text ?? "[]");
  } catch {
    return [];
  }
  if (!Array.isArray(stored)) return [];
  return stored.slice(-filtersMax).flatMap((it: unknown) => {
    if (!isRecord(it) || typeof it["name"] !== "string" || !isRecord(it["params"])) return [];
    const params = Object.entries(it["params"]).filter(
      (pair): pair is [string, string] => typeof pair[1] === "string",
    );
    return [{ name: it["name"].slice(0, nameMax), params: Object.fromEntries(params) }];
  });
}

/** Adds a filter; one of the same name is replaced. */
export function withFilter(list: readonly SavedFilter[], added: SavedFilter): SavedFilter[] {
  const name = added.name.trim().slice(0, nameMax);
  if (name === "") return [...list];
  return [...list.filter((it) => it.name !== name), { ...added, name }].slice(-filtersMax);
}
