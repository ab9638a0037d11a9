import type { Queue } from "../api/types";

/** Messages an actor was sent and did not handle, by what became of them. */
export type Loss = Exclude<keyof Queue, "depth" | "handled" | "conflated">;

export const losses = [
  "rejected_full",
  "rejected_down",
  "expired",
  "purged",
  "lost_in_handler",
] as const satisfies Loss[];

export const lostTotal = (queue: Queue): number => losses.reduce((sum, loss) => sum + queue[loss], 0);
