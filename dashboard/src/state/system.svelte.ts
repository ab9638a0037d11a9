import { getSystem, Problem } from "../api/client";
import type { System } from "../api/types";
import { feedAge, panelState, type FeedAge, type PanelState } from "../core/freshness";
import { Refresher } from "../core/refresher";
import { toMillis } from "../core/time";
import { clock } from "./clock.svelte";

/** Health comes about once a second; older than this it is greyed. */
export const healthMsMax = 5_000;

class SystemState {
  data = $state.raw<System | null>(null);
  /** Local time of the last answer or health frame. */
  received_at = $state(0);
  problem = $state.raw<Problem | null>(null);

  readonly refresher = new Refresher(async (signal) => {
    try {
      this.accept(await getSystem(signal));
    } catch (error) {
      if (error instanceof Problem) this.problem = error;
      throw error;
    }
  });

  accept(system: System): void {
    this.data = system;
    this.received_at = Date.now();
    this.problem = null;
    clock.learn(toMillis(system.now));
  }

  /** State of a panel that shows this data. */
  readonly panel: PanelState = $derived(
    panelState({
      loaded: this.data !== null,
      empty: false,
      age_ms: clock.since(this.received_at),
      age_ms_max: healthMsMax,
      feed_stale_ms: null,
      problem: this.problem,
    }),
  );

  /** The venue feed's age now, or null before anything is known of it. */
  readonly feed: FeedAge | null = $derived(
    this.data === null ? null : feedAge(this.data.feed, clock.since(this.received_at)),
  );

  /** The age of a feed beyond its limit, for panels that rest on it. */
  readonly feed_stale_ms: number | null = $derived(
    this.feed !== null && this.feed.stale ? (this.feed.age_ms ?? 0) : null,
  );
}

export const system = new SystemState();
