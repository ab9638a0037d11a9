const firstMs = 500;
const lastMs = 10_000;

/**
 * How long to wait before try number `attempt` (from 0): doubling from half a second to ten, with a
 * quarter of jitter either way so that many pages do not come back at the same moment.
 * `random` is in [0, 1).
 */
export function retryDelayMs(attempt: number, random: number): number {
  const base = Math.min(lastMs, firstMs * 2 ** Math.min(attempt, 10));
  return Math.round(base * (0.75 + random / 2));
}
