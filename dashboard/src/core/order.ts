import type { Opportunity } from "../api/types";
import { compareDecimals } from "./decimal";

export const sortKeys = ["net", "edge", "size", "return", "score", "found"] as const;
export type SortKey = (typeof sortKeys)[number];

type Compare = (a: Opportunity, b: Opportunity) => number;

const ascending: Record<SortKey, Compare> = {
  net: (a, b) => compareDecimals(a.net, b.net),
  edge: (a, b) => compareDecimals(a.edge, b.edge),
  size: (a, b) => compareDecimals(a.size, b.size),
  return: (a, b) => (a.annualised_return_bips ?? -Infinity) - (b.annualised_return_bips ?? -Infinity),
  score: (a, b) => a.score.total - b.score.total,
  found: (a, b) => Date.parse(a.found_at) - Date.parse(b.found_at),
};

/** Best first; equal ones by id, so that rows do not trade places without cause. */
export function sortOpportunities(list: Iterable<Opportunity>, key: SortKey): Opportunity[] {
  const compare = ascending[key];
  return [...list].toSorted((a, b) => compare(b, a) || (a.id < b.id ? -1 : 1));
}

/** Keeps rows where the reader last saw them: known ones in their old order, new ones after them. */
export function holdOrder<T extends { id: string }>(list: readonly T[], held: readonly string[]): T[] {
  const place = new Map(held.map((id, index) => [id, index]));
  const at = ({ id }: T): number => place.get(id) ?? held.length;
  return list.toSorted((a, b) => at(a) - at(b));
}
