import { formatDecimal, formatShifted, isNegative, isZero, noNumber, shareOf } from "./decimal";

/** A part of one as per cent: 0.415 is 41.5%. */
export function formatShare(text: string | null, places = 0): string {
  const shown = formatShifted(text, 2, places, "nearest");
  return shown === noNumber ? shown : `${shown}%`;
}

/** The same with its sign, for what may be gained or lost. */
export function formatChange(text: string | null, places = 1): string {
  const shown = formatShare(text, places);
  return text === null || shown === noNumber || isNegative(text) || isZero(text) ? shown : `+${shown}`;
}

/** A number with its sign, for a difference: 0.0213 is +0.021. */
export function formatDifference(text: string | null, places = 3): string {
  const shown = formatDecimal(text, places, "nearest");
  return text === null || shown === noNumber || isNegative(text) || isZero(text) ? shown : `+${shown}`;
}

/** A part of one as a number from 0 to 1, for drawing and nothing else; null where it is none. */
export const drawn = (text: string | null): number | null => (text === null ? null : shareOf(text, "1"));
