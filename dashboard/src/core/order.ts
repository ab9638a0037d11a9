import type { Opportunity } from "../api/types";
import { decimalKey } from "./decimal";

export const sortKeys = ["net", "edge", "size", "return", "score", "found"] as const;
export type SortKey = (typeof sortKeys)[number];

type Key = bigint | number | null;

const keyOf: Record<SortKey, (it: Opportunity) => Key> = {
  net: (it) => decimalKey(it.net),
  edge: (it) => decimalKey(it.edge),
  size: (it) => decimalKey(it.size),
  return: (it) => it.annualised_return_bips,
  score: (it) => it.score.total,
  found: (it) => Date.parse(it.found_at),
};

/** Highest first; what is not known comes last. */
function descending(a: Key, b: Key): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return a > b ? -1 : a < b ? 1 : 0;
}

/** Best first; equal ones by id, so that rows do not trade places without cause. */
export function sortOpportunities(list: Iterable<Opportunity>, sort: SortKey): Opportunity[] {
  const key = keyOf[sort];
  return Array.from(list, (it) => ({ it, key: key(it) }))
    .toSorted((a, b) => descending(a.key, b.key) || (a.it.id < b.it.id ? -1 : 1))
    .map(({ it }) => it);
}

/** Keeps rows where the reader last saw them: known ones in their old order, new ones after them. */
export function holdOrder<T extends { id: string }>(list: readonly T[], held: readonly string[]): T[] {
  const place = new Map(held.map((id, index) => [id, index]));
  const at = ({ id }: T): number => place.get(id) ?? held.length;
  return list.toSorted((a, b) => at(a) - at(b));
}

/** Beyond this a yearly rate says nothing, and is not written in a row: 9,999%. */
export const annualBipsMax = 999_900;
