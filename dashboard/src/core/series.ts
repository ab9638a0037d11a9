/** Numbers over time, for drawing and nothing else. */

export interface Point {
  /** Milliseconds since 1970. */
  at: number;
  value: number;
  /** The value as the service said it, every digit: what is read out. */
  said?: string;
}

/**
 * Adds a point to a series that is kept for the screen: not more often than `rest_ms` (the last point then
 * takes the new value), and at most `max` points, of which the oldest leave first.
 */
export function withPoint(series: readonly Point[], point: Point, rest_ms: number, max: number): Point[] {
  const last = series.at(-1);
  const before = series.at(-2);
  if (last !== undefined && point.at < last.at) return [...series];
  const early = last !== undefined && before !== undefined && point.at - before.at < rest_ms;
  return [...(early ? series.slice(0, -1) : series), point].slice(-max);
}

/** Both series in the order of time, without what the older one tells of the time of the newer one. */
export function joined(past: readonly Point[], recent: readonly Point[]): Point[] {
  const [first] = recent;
  return first === undefined ? [...past] : [...past.filter(({ at }) => at < first.at), ...recent];
}

/** A stretch of time of a chart. */
export interface Slot {
  /** When it begins, milliseconds since 1970. */
  at: number;
  /** For each line its newest point up to the end of the stretch; null before the line's first. */
  points: readonly (Point | null)[];
}

const second = 1_000;

/**
 * Cuts the time of all lines into stretches of equal length: at most `max` of them, each of whole seconds.
 * Charts place points side by side, however much time lies between them; stretches keep time to scale.
 */
export function slotsOf(lines: readonly (readonly Point[])[], max: number): Slot[] {
  const starts = lines.flatMap((line) => line[0]?.at ?? []);
  const ends = lines.flatMap((line) => line.at(-1)?.at ?? []);
  if (starts.length === 0) return [];
  const [from, to] = [Math.min(...starts), Math.max(...ends)];
  const step = Math.max(1, Math.ceil((to - from) / second / Math.max(1, max - 1))) * second;
  const next = lines.map(() => 0);
  const slots: Slot[] = [];
  for (let at = Math.floor(from / step) * step; at <= to; at += step) {
    const points = lines.map((line, index) => {
      let place = next[index] ?? 0;
      while (place < line.length && (line[place]?.at ?? Infinity) < at + step) place += 1;
      next[index] = place;
      return line[place - 1] ?? null;
    });
    slots.push({ at, points });
  }
  return slots;
}

/** The points of a span that ends with the newest one, and where the line stood when the span began. */
export function within(points: readonly Point[], span_ms: number, now_ms: number): readonly Point[] {
  const from = now_ms - span_ms;
  const place = points.findIndex(({ at }) => at >= from);
  const before = place < 0 ? points.at(-1) : points[place - 1];
  const since = place < 0 ? [] : points.slice(place);
  return before === undefined ? since : [{ ...before, at: from }, ...since];
}

/** The place of the key that is nearest to the wanted one; keys ascend. Null where there are none. */
export function nearestKey(keys: readonly number[], wanted: number): number | null {
  if (keys.length === 0) return null;
  let best = 0;
  keys.forEach((key, place) => {
    if (Math.abs(key - wanted) < Math.abs((keys[best] ?? 0) - wanted)) best = place;
  });
  return best;
}
