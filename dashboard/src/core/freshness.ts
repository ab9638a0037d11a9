import type { Problem } from "../api/client";

/** The five states of a panel. */
export type PanelState =
  | { kind: "loading" }
  | { kind: "empty" }
  | { kind: "live" }
  | { kind: "stale"; age_ms: number; cause: StaleCause; empty: boolean }
  | { kind: "broken"; problem: Problem };

/** Why what is shown may no longer be true. */
export type StaleCause = "service_silent" | "feed_silent" | "trades_silent" | "refresh_failed";

export interface PanelFacts {
  /** Whether an answer has ever been received. */
  loaded: boolean;
  /** Whether that answer holds nothing to show. */
  empty: boolean;
  /** Age of what is shown, in ms. */
  age_ms: number;
  /** Oldest that may pass for live, in ms. */
  age_ms_max: number;
  /** Age of the venue's feed where the panel rests on it and it is beyond its limit; otherwise null. */
  feed_stale_ms: number | null;
  /** The last failure that no success has followed. */
  problem: Problem | null;
}

/** Old numbers are greyed before an error hides them: with data and an error the panel stays, as stale. */
export function panelState(facts: PanelFacts): PanelState {
  const { loaded, empty, age_ms, age_ms_max, feed_stale_ms, problem } = facts;
  if (!loaded) return problem === null ? { kind: "loading" } : { kind: "broken", problem };
  if (age_ms > age_ms_max) {
    return { kind: "stale", age_ms, empty, cause: problem === null ? "service_silent" : "refresh_failed" };
  }
  if (feed_stale_ms !== null) return { kind: "stale", age_ms: feed_stale_ms, empty, cause: "feed_silent" };
  return empty ? { kind: "empty" } : { kind: "live" };
}

/** A panel that is well by itself, but rests on a source that has been silent for `silent_ms`. */
export function silencedBy(state: PanelState, silent_ms: number | null, cause: StaleCause): PanelState {
  if (silent_ms === null || (state.kind !== "live" && state.kind !== "empty")) return state;
  return { kind: "stale", age_ms: silent_ms, cause, empty: state.kind === "empty" };
}

export interface FeedReading {
  /** What the service said, in ms; null before the first frame. */
  age_ms: number | null;
  age_ms_max: number;
  stale: boolean;
}

export interface FeedAge {
  /** Null where the feed has never spoken. */
  age_ms: number | null;
  stale: boolean;
}

/**
 * The feed's age now: what the service said, plus the time since it said so. It keeps growing when the
 * service falls silent, so a page that hears nothing turns stale by itself.
 */
export function feedAge(reading: FeedReading, since_reading_ms: number): FeedAge {
  if (reading.age_ms === null) return { age_ms: null, stale: true };
  const age_ms = reading.age_ms + Math.max(0, since_reading_ms);
  return { age_ms, stale: reading.stale || age_ms > reading.age_ms_max };
}
