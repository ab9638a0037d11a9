import { formatShifted, isNegative, isZero, noNumber } from "./decimal";

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
