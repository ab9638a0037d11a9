import type { Level } from "../api/market";
import { decimalKey } from "./decimal";

/** A level with everything that is at least as good. */
export interface Rung extends Level {
  /** Shares up to here, from the best price on, as a part of the most that is shown (0 to 1). */
  share: number;
  /** Shares up to here, for drawing and rounding to whole ones. */
  sum: number;
}

/** The best `max` levels of one side with their running sums; shares of `most`, the larger side's sum. */
export function rungs(levels: readonly Level[], max: number, most: number): Rung[] {
  let sum = 0;
  return levels.slice(0, max).map((level) => {
    sum += Number(level.size_shares);
    return {
      price: level.price,
      size_shares: level.size_shares,
      sum,
      share: most > 0 ? Math.min(1, sum / most) : 0,
    };
  });
}

export const depthOf = (levels: readonly Level[], max: number): number =>
  levels.slice(0, max).reduce((sum, level) => sum + Number(level.size_shares), 0);

/** Sums of prices, exactly, in the form that decimals are read from; with how many had none. */
export function sumPrices(prices: readonly (string | null)[]): { sum: string; missing: number } {
  const places = 6n;
  let units = 0n;
  let missing = 0;
  for (const price of prices) {
    const key = price === null ? null : decimalKey(price);
    if (key === null) missing += 1;
    else units += key / 10n ** (18n - places);
  }
  const digits = units.toString().padStart(Number(places) + 1, "0");
  const cut = digits.length - Number(places);
  return { sum: `${digits.slice(0, cut)}.${digits.slice(cut)}`, missing };
}
