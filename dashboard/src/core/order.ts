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

/**
 * Where rows stand next: each stays in its place, also one that closed. New ones, the best first, come after
 * them, or while nobody reads (`gaps`) in the places of closed ones. Closed ones at the end leave.
 */
export function keepPlaces(
  places: readonly string[],
  open: readonly string[],
  arrive: "gaps" | "after",
): string[] {
  const [listed, known] = [new Set(open), new Set(places)];
  const arrivals = open.filter((id) => !known.has(id));
  const kept = places.map((id) => (listed.has(id) || arrive === "after" ? id : (arrivals.shift() ?? id)));
  const next = [...kept, ...arrivals];
  const end = next.findLastIndex((id) => listed.has(id));
  return next.slice(0, end + 1);
}

/** Beyond this a yearly rate says nothing, and is not written in a row: 9,999%. */
export const annualBipsMax = 999_900;
