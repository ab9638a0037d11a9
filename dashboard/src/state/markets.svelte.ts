import { getMarkets, Problem, type MarketQuery } from "../api/client";
import type { Cut } from "../api/desk";
import type { Market, MarketUpdate, Page } from "../api/types";
import { panelState, type PanelState } from "../core/freshness";
import { Refresher } from "../core/refresher";
import { clock } from "./clock.svelte";
import { applyMarketUpdate } from "./market-page";
import { system } from "./system.svelte";

/** Rows of one request: the most that the service gives. */
export const chunkSize = 500;
/** Requests of one list at most: 20,000 markets. */
const chunksMax = 40;
const refreshMs = 4_000;
const ageMsMax = 15_000;

interface Chunk {
  /** Where it begins. */
  cursor: string | null;
  data: Market[];
  next_cursor: string | null;
}

/**
 * The whole list of markets, read piece by piece. What is on the screen is read again every few seconds;
 * the socket tells best prices in between.
 */
class MarketsState {
  #chunks = $state.raw<readonly Chunk[]>([]);
  #stated = $state(0);
  received_at = $state(0);
  problem = $state.raw<Problem | null>(null);
  #query: Pick<MarketQuery, "q" | "watched"> = { q: "", watched: false };
  #on_screen: readonly number[] = [0];
  #pending = new Map<string, MarketUpdate>();
  #painting = false;
  #timer: ReturnType<typeof setInterval> | null = null;

  readonly refresher = new Refresher(async (signal) => {
    try {
      for (const index of this.#on_screen) await this.#read(index, signal);
      // The rest of the list, until it is whole.
      while (this.#next !== null && this.#chunks.length < chunksMax)
        await this.#read(this.#chunks.length, signal);
    } catch (error) {
      if (error instanceof Problem) this.problem = error;
      throw error;
    }
  });

  /** Shows a list and keeps it fresh until `leave`. */
  show(query: Pick<MarketQuery, "q" | "watched">): void {
    this.#query = query;
    this.#chunks = [];
    this.#stated = 0;
    this.received_at = 0;
    this.problem = null;
    this.#on_screen = [0];
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

  /** Whether the list is on the screen. */
  get shown(): boolean {
    return this.#timer !== null;
  }

  /** Says which rows are on the screen: these are kept fresh. */
  look(from: number, to: number): void {
    const last = Math.max(0, Math.floor((to - 1) / chunkSize));
    const wanted: number[] = [];
    for (let index = Math.floor(from / chunkSize); index <= last; index += 1) {
      if (index < this.#chunks.length || index === 0) wanted.push(index);
    }
    this.#on_screen = wanted;
  }

  get #next(): string | null {
    return this.#chunks.at(-1)?.next_cursor ?? null;
  }

  /** How many markets there are; never fewer than are known. */
  readonly total: number = $derived(Math.max(this.#stated, this.loaded_rows));

  get loaded_rows(): number {
    return this.#chunks.reduce((sum, { data }) => sum + data.length, 0);
  }

  /** One row of the list; null while it is on its way. */
  row(index: number): Market | null {
    return this.#chunks[Math.floor(index / chunkSize)]?.data[index % chunkSize] ?? null;
  }

  /** One page of the list as it is asked for now, beside what is shown. */
  page(cut: Cut, signal: AbortSignal): Promise<Page<Market>> {
    return getMarkets({ ...this.#query, ...cut }, signal);
  }

  async #read(index: number, signal: AbortSignal): Promise<void> {
    const cursor = index === 0 ? null : (this.#chunks[index - 1]?.next_cursor ?? null);
    if (index > 0 && cursor === null) return;
    const page = await getMarkets({ ...this.#query, limit: chunkSize, cursor }, signal);
    const chunk = { cursor, data: page.data, next_cursor: page.next_cursor };
    this.#chunks = index < this.#chunks.length ? this.#chunks.with(index, chunk) : [...this.#chunks, chunk];
    this.#stated = page.total ?? 0;
    this.received_at = Date.now();
    this.problem = null;
  }

  accept(update: MarketUpdate): void {
    if (!this.shown) return;
    this.#pending.set(update.condition_id, update);
    if (this.#painting) return;
    this.#painting = true;
    // A hidden page gets no animation frames.
    if (document.hidden) setTimeout(() => this.#paint(), 250);
    else requestAnimationFrame(() => this.#paint());
  }

  #paint(): void {
    this.#painting = false;
    const updates = this.#pending;
    this.#pending = new Map();
    this.#chunks = this.#chunks.map((chunk) => {
      let page = { data: chunk.data, next_cursor: null };
      for (const { condition_id } of chunk.data) {
        const update = updates.get(condition_id);
        if (update !== undefined) page = { ...applyMarketUpdate(page, update), next_cursor: null };
      }
      return page.data === chunk.data ? chunk : { ...chunk, data: page.data };
    });
  }

  readonly panel: PanelState = $derived(
    panelState({
      loaded: this.received_at > 0,
      empty: this.loaded_rows === 0,
      age_ms: clock.since(this.received_at),
      age_ms_max: ageMsMax,
      feed_stale_ms: system.feed_stale_ms,
      problem: this.problem,
    }),
  );
}

export const markets = new MarketsState();
