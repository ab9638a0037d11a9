/** Places on a timeline, and the way from one decision to the next. */

import type { PastRow, Session, Timeline } from "../api/past";
import { formatClock, toMillis } from "./time";

/** Local time of day to the millisecond: what happens at once is told apart by nothing less. */
export const formatInstant = (millis: number): string =>
  `${formatClock(millis)}.${String(((millis % 1_000) + 1_000) % 1_000).padStart(3, "0")}`;

/** The moment at a share of the way from one end to the other. */
export function momentAt(from: number, to: number, share: number): number {
  return Math.round(from + Math.min(1, Math.max(0, share)) * (to - from));
}

/** Where a moment lies between two ends, from 0 to 1. */
export function shareOf(from: number, to: number, at: number): number {
  return to <= from ? 0 : Math.min(1, Math.max(0, (at - from) / (to - from)));
}

/** One figure of every bucket, scaled to its largest. */
export function heights(timeline: Timeline, names: readonly string[]): number[] {
  const places = names.map((name) => timeline.counted.indexOf(name)).filter((place) => place >= 0);
  const sums = timeline.buckets.map((counts) => places.reduce((sum, place) => sum + (counts[place] ?? 0), 0));
  const most = Math.max(1, ...sums);
  return sums.map((sum) => sum / most);
}

/** How often it happened in all. */
export function total(timeline: Timeline, name: string): number {
  const place = timeline.counted.indexOf(name);
  return place < 0 ? 0 : timeline.buckets.reduce((sum, counts) => sum + (counts[place] ?? 0), 0);
}

/** Rows of both ways in one order, each once. */
export function around(before: readonly PastRow[], behind: readonly PastRow[]): PastRow[] {
  const rows = new Map<number, PastRow>();
  for (const row of [...before, ...behind]) rows.set(row.record, row);
  return [...rows.values()].toSorted((a, b) => a.record - b.record);
}

/** The next decision one way; from a moment where none is chosen. */
export function step(
  rows: readonly PastRow[],
  from: { record: number | null; at: number },
  way: -1 | 1,
): PastRow | null {
  const lies = (row: PastRow): number =>
    from.record === null ? (toMillis(row.at) ?? 0) - from.at : row.record - from.record;
  const on = rows.filter((row) => lies(row) * way > 0);
  return (way > 0 ? on[0] : on.at(-1)) ?? null;
}

/** The newest session that a moment lies in; without one, the newest that can be looked into. */
export function sessionOf(sessions: readonly Session[], at: number | null): Session | null {
  const readable = sessions.filter(({ why_unreadable }) => why_unreadable === null);
  const holds = ({ from, to }: Session): boolean =>
    at !== null && (toMillis(from) ?? Infinity) <= at && at <= (toMillis(to) ?? -Infinity) + 5_000;
  return readable.find(holds) ?? readable[0] ?? null;
}
