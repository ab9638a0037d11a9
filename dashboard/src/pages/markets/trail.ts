/**
 * The cursors of the pages turned so far, as they stand in the address: a cursor leads forward only, so
 * the way back is remembered. Kept short; beyond it the oldest steps are forgotten and "First" remains.
 */

const stepsMax = 200;
const separator = "~";

export function readTrail(text: string): string[] {
  if (text === "") return [];
  return text.split(separator).map((step) => {
    try {
      return decodeURIComponent(step);
    } catch {
      return step;
    }
  });
}

// encodeURIComponent leaves the separator as it is.
const encode = (step: string): string => encodeURIComponent(step).replaceAll(separator, "%7E");

export const writeTrail = (trail: readonly string[]): string | null =>
  trail.length === 0 ? null : trail.map(encode).join(separator);

export const forward = (trail: readonly string[], cursor: string): string[] =>
  [...trail, cursor].slice(-stepsMax);

export const back = (trail: readonly string[]): string[] => trail.slice(0, -1);
