import { Problem } from "../api/client";
import type { Cut } from "../api/desk";
import type { Page } from "../api/types";
import { panelState, type PanelState } from "../core/freshness";
import { Refresher } from "../core/refresher";
import { clock } from "./clock.svelte";
import { putRows, rowsMax, type Dated } from "./rows";

const pageSize = 100;
/** Facts should tell everything; asking now and then proves it. */
const refreshMs = 10_000;
const confirmMsMax = 5_000;
/** Facts held back between two paints; beyond it fetching again is cheaper. */
const pendingMax = 2_000;

export interface FactSource<T extends Dated, Q> {
  fetch(query: Q, cut: Cut, signal: AbortSignal): Promise<Page<T>>;
  /** Whether a row that the socket tells of belongs to what is asked for. */
  matches(query: Q, row: T): boolean;
  /** By what rows are ordered. */
  moment(row: T): string;
  /** When this state of the row was true. */
  changed(row: T): string;
}

/**
 * The newest rows of a list of the service: fetched once, then kept by the socket's facts. Fetched again
 * where facts were missed.
 */
export class FactList<T extends Dated, Q> {
  rows = $state.raw<readonly T[]>([]);
  loaded = $state(false);
  problem = $state.raw<Problem | null>(null);
  /** Whether older rows are on their way. */
  loading_older = $state(false);
  /** Local time at which the list was last known to be complete. */
  confirmed_at = $state(0);
  #cursor = $state<string | null>(null);
  #query: Q;
  #shown = false;
  #synced = false;
  #losses = 0;
  #pending: T[] = [];
  #painting = false;
  #older: AbortController | null = null;
  #timer: ReturnType<typeof setInterval> | null = null;

  readonly refresher = new Refresher(async (signal) => {
    const losses = this.#losses;
    try {
      const page = await this.source.fetch(this.#query, { limit: pageSize, cursor: null }, signal);
      const known = new Set(this.rows.map(({ id }) => id));
      // Without a common row there may be a hole between what is shown and the answer.
      const joins = this.loaded && page.data.some(({ id }) => known.has(id));
      this.rows = this.#put(joins ? this.rows : [], [...page.data, ...this.#pending]);
      if (!joins) this.#cursor = page.next_cursor;
      this.#pending = [];
      this.loaded = true;
      this.problem = null;
      this.#synced = losses === this.#losses;
      this.confirmed_at = Date.now();
    } catch (error) {
      if (error instanceof Problem) this.problem = error;
      throw error;
    }
  });

  constructor(
    readonly source: FactSource<T, Q>,
    query: Q,
  ) {
    this.#query = query;
  }

  show(query: Q): void {
    this.#older?.abort();
    this.#query = query;
    this.#shown = true;
    this.loaded = false;
    this.rows = [];
    this.#pending = [];
    this.#cursor = null;
    this.problem = null;
    this.#losses += 1;
    this.refresher.restart();
    this.#timer ??= setInterval(() => {
      if (!document.hidden) this.refresher.request();
    }, refreshMs);
  }

  leave(): void {
    this.#shown = false;
    this.#older?.abort();
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.refresher.stop();
  }

  get shown(): boolean {
    return this.#shown;
  }

  /** Whether the service has older rows than those shown. */
  get more(): boolean {
    return this.#cursor !== null && this.rows.length < rowsMax;
  }

  /** One page of the list as it is asked for now, beside what is shown. */
  page(cut: Cut, signal: AbortSignal): Promise<Page<T>> {
    return this.source.fetch(this.#query, cut, signal);
  }

  async older(): Promise<void> {
    if (this.#cursor === null || this.loading_older) return;
    const asked = new AbortController();
    this.#older = asked;
    this.loading_older = true;
    try {
      const page = await this.source.fetch(
        this.#query,
        { limit: pageSize, cursor: this.#cursor },
        asked.signal,
      );
      if (asked.signal.aborted) return;
      this.rows = this.#put(this.rows, page.data);
      this.#cursor = page.next_cursor;
      this.problem = null;
    } catch (error) {
      if (error instanceof Problem && !asked.signal.aborted) this.problem = error;
    } finally {
      this.loading_older = false;
    }
  }

  accept(row: T): void {
    if (!this.#shown || !this.source.matches(this.#query, row)) return;
    this.#pending.push(row);
    if (this.#pending.length > pendingMax) {
      this.#pending = [];
      this.lost();
    }
    if (this.#painting) return;
    this.#painting = true;
    // A hidden page gets no animation frames.
    if (document.hidden) setTimeout(() => this.#paint(), 250);
    else requestAnimationFrame(() => this.#paint());
  }

  /** The socket spoke: nothing has changed that was not told. */
  confirm(): void {
    if (this.#synced) this.confirmed_at = Date.now();
  }

  /** Changes were missed: nothing is confirmed until a fetch succeeds. */
  lost(): void {
    this.#synced = false;
    this.#losses += 1;
    if (this.#shown) this.refresher.request();
  }

  #paint(): void {
    this.#painting = false;
    const arrived = this.#pending;
    // What arrives before the first answer waits for it; the answer may not have it yet.
    if (!this.loaded) return;
    this.#pending = [];
    this.rows = this.#put(this.rows, arrived);
  }

  #put(rows: readonly T[], arrived: readonly T[]): T[] {
    return putRows(rows, arrived, this.source.moment, this.source.changed);
  }

  readonly panel: PanelState = $derived(
    panelState({
      loaded: this.loaded,
      empty: this.rows.length === 0,
      age_ms: clock.since(this.confirmed_at),
      age_ms_max: confirmMsMax,
      feed_stale_ms: null,
      problem: this.problem,
    }),
  );
}
