const firstMs = 500;
const lastMs = 10_000;

/** Another process decides now, or there is too much to do: everybody is sent away at once. */
const crowdCodes: ReadonlySet<number> = new Set([1012, 1013]);
export const crowdMsMax = 5_000;

/** Whether the service has ended a connection with a code by which it ends those of many others too. */
export const isCrowd = (code: number): boolean => crowdCodes.has(code);

/** How long to wait where many were sent away at one moment: any time up to five seconds. `random` is in [0, 1). */
export const crowdDelayMs = (random: number): number => Math.round(crowdMsMax * random);

/**
 * How long to wait before try number `attempt` (from 0): doubling from half a second to ten, with a
 * quarter of jitter either way so that many pages do not come back at the same moment.
 * `random` is in [0, 1).
 */
export function retryDelayMs(attempt: number, random: number): number {
  const base = Math.min(lastMs, firstMs * 2 ** Math.min(attempt, 10));
  return Math.round(base * (0.75 + random / 2));
}
