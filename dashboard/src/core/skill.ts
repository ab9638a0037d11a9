import { decimalKey } from "./decimal";

export type Standing =
  /** Nothing is resolved. */
  | "unknown"
  /** The interval lies above zero, over enough questions. */
  | "better"
  /** The interval lies below zero. */
  | "worse"
  /** The interval holds zero, or there are too few questions. */
  | "open";

export interface SkillFacts {
  resolved: number;
  /** Fewer questions than this prove no skill. */
  needed: number;
  skill_low: string | null;
  skill_high: string | null;
}

/** What a skill with its interval proves. To be called better takes enough questions; to be worse does not. */
export function standingOf({ resolved, needed, skill_low, skill_high }: SkillFacts): Standing {
  if (resolved === 0) return "unknown";
  const [low, high] = [skill_low, skill_high].map((end) => (end === null ? null : decimalKey(end)));
  if (low === null || low === undefined || high === null || high === undefined) return "open";
  if (high < 0n) return "worse";
  return low > 0n && resolved >= needed ? "better" : "open";
}
