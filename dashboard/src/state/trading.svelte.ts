import type { Problem } from "../api/client";
import type { Halt, Trading, Venue } from "../api/trading";
import { panelState, type PanelState } from "../core/freshness";
import { clock } from "./clock.svelte";
import { risk } from "./risk.svelte";
import { system } from "./system.svelte";

/** The socket tells how trading stands every two seconds; older than this it is greyed. */
const viewMsMax = 6_000;

const newer = (a: string, b: string): boolean => Date.parse(a) >= Date.parse(b);

class TradingState {
  view = $state.raw<Trading | null>(null);
  /** Local time of the last view. */
  received_at = $state(0);

  accept(view: Trading): void {
    const known = this.view?.halt?.cause;
    this.view = view;
    this.received_at = Date.now();
    if (known !== view.halt?.cause) risk.refresher.request();
  }

  /** Why this run does not trade at all; null where it does. */
  readonly off: Problem | null = $derived(risk.problem?.code === "trading_off" ? risk.problem : null);

  /** The latest that is known of halt, comparison and venue. */
  readonly latest: { halt: Halt | null; reconciled: boolean; venue: Venue } | null = $derived.by(() => {
    const [view, asked] = [this.view, risk.data];
    if (view === null || asked === null) return view ?? asked;
    return newer(view.at, asked.at) ? view : asked;
  });

  readonly halted: boolean = $derived(this.latest !== null && this.latest.halt !== null);

  /** Whether the numbers are too old to be believed. */
  readonly old: boolean = $derived(clock.since(this.received_at) > viewMsMax);

  /** State of a panel over the view; marks rest on the feed, orders do not. */
  panel(empty: boolean, rests_on: "feed" | "desk" = "desk"): PanelState {
    return panelState({
      loaded: this.view !== null,
      empty,
      age_ms: clock.since(this.received_at),
      age_ms_max: viewMsMax,
      feed_stale_ms: rests_on === "feed" ? system.feed_stale_ms : null,
      problem: this.view === null ? risk.problem : null,
    });
  }
}

export const trading = new TradingState();
