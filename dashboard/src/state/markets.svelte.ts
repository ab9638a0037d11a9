import { getMarkets, Problem, type MarketQuery } from "../api/client";
import type { Market, MarketUpdate, Page } from "../api/types";
import { panelState, type PanelState } from "../core/freshness";
import { Refresher } from "../core/refresher";
import { clock } from "./clock.svelte";
import { applyMarketUpdate } from "./market-page";
import { system } from "./system.svelte";

export const marketPageSize = 50;
const refreshMs = 4_000;
const ageMsMax = 15_000;

class MarketsState {
  page = $state.raw<Page<Market> | null>(null);
  received_at = $state(0);
  problem = $state.raw<Problem | null>(null);
  #query: MarketQuery = { q: "", watched: false, limit: marketPageSize, cursor: null };
  #timer: ReturnType<typeof setInterval> | null = null;

  readonly refresher = new Refresher(async (signal) => {
    try {
      this.page = await getMarkets(this.#query, signal);
      this.received_at = Date.now();
      this.problem = null;
    } catch (error) {
      if (error instanceof Problem) this.problem = error;
      throw error;
    }
  });

  /** Shows one page of the list and keeps it fresh until `leave`. */
  show(query: Omit<MarketQuery, "limit">): void {
    this.#query = { ...query, limit: marketPageSize };
    this.problem = null;
    this.refresher.restart();
    this.#timer ??= setInterval(() => {
      if (!document.hidden) this.refresher.request();
    }, refreshMs);
  }

  leave(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.refresher.stop();
  }

  /** Whether a page of the list is on the screen. */
  get shown(): boolean {
    return this.#timer !== null;
  }

  accept(update: MarketUpdate): void {
    if (this.shown && this.page !== null) this.page = applyMarketUpdate(this.page, update);
  }

  readonly panel: PanelState = $derived(
    panelState({
      loaded: this.page !== null,
      empty: this.page?.data.length === 0,
      age_ms: clock.since(this.received_at),
      age_ms_max: ageMsMax,
      feed_stale_ms: system.feed_stale_ms,
      problem: this.problem,
    }),
  );
}

export const markets = new MarketsState();
