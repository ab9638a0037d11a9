/** Numbers over time, for drawing and nothing else. */

export interface Point {
  /** Milliseconds since 1970. */
  at: number;
  value: number;
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

export interface Scale {
  low: number;
  high: number;
  /** Round numbers between them, for lines. */
  ticks: number[];
}

const steps = [1, 2, 2.5, 5, 10];

/** A scale over all values with about `wanted` round steps; equal values get room above and below. */
export function scaleOver(values: readonly number[], wanted = 4): Scale {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return { low: 0, high: 1, ticks: [0, 1] };
  let low = Math.min(...finite);
  let high = Math.max(...finite);
  if (high - low < 1e-9) {
    const room = Math.abs(high) > 0 ? Math.abs(high) * 0.01 : 1;
    low -= room;
    high += room;
  }
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = (steps.find((it) => it * power >= rough) ?? 10) * power;
  const ticks: number[] = [];
  for (let tick = Math.ceil(low / step) * step; tick <= high + step * 1e-6; tick += step) {
    ticks.push(Number(tick.toPrecision(12)));
  }
  return { low, high, ticks };
}

/** The deepest fall from a peak so far, at each moment: never below zero. */
export function drawdowns(series: readonly Point[]): Point[] {
  let peak = -Infinity;
  return series.map(({ at, value }) => {
    peak = Math.max(peak, value);
    return { at, value: peak - value };
  });
}
