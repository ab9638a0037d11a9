import type { FunnelStage } from "../api/market";

/** Whether every stage explains all that left it, and hands the rest on to the next. */
export function addsUp(stages: readonly FunnelStage[]): boolean {
  return stages.every(({ count, left, on }, index) => {
    const gone = left.reduce((sum, it) => sum + it.count, 0);
    const next = stages[index + 1];
    return gone + on === count && (next === undefined || next.count === on);
  });
}
