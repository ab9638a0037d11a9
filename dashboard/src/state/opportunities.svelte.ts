import { getOpportunities, Problem } from "../api/client";
import type { Opportunity } from "../api/types";
import { panelState, type PanelState } from "../core/freshness";
import { Refresher } from "../core/refresher";
import { clock } from "./clock.svelte";
import { applyOpportunities, closedMax, emptyLedger, openMax, replaceLedger, type Ledger } from "./ledger";
import { system } from "./system.svelte";

/** The socket speaks every second; what it has not confirmed for this long is greyed. */
export const confirmMsMax = 5_000;
const pageSize = 200;
/** What arrives in a burst is painted together: rows move once. */
const paintMsMin = 120;
/** Frames held back between two paints; beyond it fetching again is cheaper. */
const pendingMax = 2_000;

async function fetchOpen(signal: AbortSignal): Promise<Opportunity[]> {
  const open: Opportunity[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof getOpportunities>> = await getOpportunities(
      { state: "open", limit: pageSize, cursor },
      signal,
    );
    open.push(...page.data);
    cursor = page.next_cursor;
  } while (cursor !== null && open.length < openMax);
  return open;
}

class OpportunitiesState {
  ledger = $state.raw<Ledger>(emptyLedger);
  loaded = $state(false);
  /** Local time at which the ledger was last known to be complete. */
  confirmed_at = $state(0);
  problem = $state.raw<Problem | null>(null);
  /** Whether every change since the fetch has been seen. */
  #synced = false;
  #losses = 0;
  #pending: Opportunity[] = [];
  #meanwhile: Opportunity[] | null = null;
  #painting = false;
  #painted_at = -Infinity;

  readonly refresher = new Refresher(async (signal) => {
    this.#meanwhile = [];
    const losses = this.#losses;
    try {
      const [open, closed] = await Promise.all([
        fetchOpen(signal),
        getOpportunities({ state: "closed", limit: closedMax }, signal),
      ]);
      this.#pending = [];
      this.ledger = replaceLedger(open, closed.data, this.#meanwhile ?? []);
      this.loaded = true;
      this.problem = null;
      this.#synced = losses === this.#losses;
      this.confirmed_at = Date.now();
    } catch (error) {
      if (error instanceof Problem) this.problem = error;
      throw error;
    } finally {
      this.#meanwhile = null;
    }
  });

  /** A frame arrived; it is shown with the next paint. */
  accept(opportunity: Opportunity): void {
    this.#pending.push(opportunity);
    this.#meanwhile?.push(opportunity);
    if (this.#pending.length > pendingMax) {
      this.#pending = [];
      this.lost();
    } else if (!this.#painting) {
      this.#painting = true;
      const rest = this.#painted_at + paintMsMin - performance.now();
      // A hidden page gets no animation frames.
      if (document.hidden) setTimeout(() => this.#paint(), 250);
      else if (rest > 0) setTimeout(() => this.#paint(), rest);
      else requestAnimationFrame(() => this.#paint());
    }
  }

  /** The socket spoke: nothing has changed that was not told. */
  confirm(): void {
    if (this.#synced) this.confirmed_at = Date.now();
  }

  /** Changes were missed: nothing is confirmed until a fetch succeeds. */
  lost(): void {
    this.#synced = false;
    this.#losses += 1;
    this.refresher.request();
  }

  #paint(): void {
    this.#painting = false;
    this.#painted_at = performance.now();
    const arrived = this.#pending;
    this.#pending = [];
    if (this.loaded) this.ledger = applyOpportunities(this.ledger, arrived);
  }

  /** The title of one that is still known; null of one that left long ago. */
  titleOf(id: string): string | null {
    const { open, closed } = this.ledger;
    return (open.get(id) ?? closed.find((it) => it.id === id))?.title ?? null;
  }

  /** State of a panel over the ledger; `shown` is how many rows it has. */
  panel(shown: number): PanelState {
    return panelState({
      loaded: this.loaded,
      empty: shown === 0,
      age_ms: clock.since(this.confirmed_at),
      age_ms_max: confirmMsMax,
      feed_stale_ms: system.feed_stale_ms,
      problem: this.problem,
    });
  }
}

export const opportunities = new OpportunitiesState();
