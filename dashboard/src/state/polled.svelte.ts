import { Problem } from "../api/client";
import { panelState, type PanelState } from "../core/freshness";
import { Refresher } from "../core/refresher";
import { clock } from "./clock.svelte";

export interface Pace {
  /** How often it is asked for. */
  refresh_ms: number;
  /** Older than this it is greyed. */
  age_ms_max: number;
}

const usual: Pace = { refresh_ms: 4_000, age_ms_max: 15_000 };

/** One answer of the service, asked for again while something shows it. */
export class Polled<T> {
  data = $state.raw<T | null>(null);
  /** Local time of the last answer. */
  received_at = $state(0);
  problem = $state.raw<Problem | null>(null);
  readonly refresher: Refresher;
  #viewers = 0;
  #timer: ReturnType<typeof setInterval> | null = null;

  constructor(
    fetch: (signal: AbortSignal) => Promise<T>,
    readonly pace: Pace = usual,
  ) {
    this.refresher = new Refresher(async (signal) => {
      try {
        this.accept(await fetch(signal));
      } catch (error) {
        if (error instanceof Problem) this.problem = error;
        throw error;
      }
    });
  }

  accept(data: T): void {
    this.data = data;
    this.received_at = Date.now();
    this.problem = null;
  }

  /** Something that it tells of has changed: it is asked for again where somebody looks. */
  changed(): void {
    if (this.#viewers > 0) this.refresher.request();
  }

  /** Keeps it fresh until the returned function is called. */
  show(): () => void {
    this.#viewers += 1;
    this.refresher.request();
    this.#timer ??= setInterval(() => {
      if (!document.hidden) this.refresher.request();
    }, this.pace.refresh_ms);
    return () => {
      this.#viewers -= 1;
      if (this.#viewers > 0 || this.#timer === null) return;
      clearInterval(this.#timer);
      this.#timer = null;
    };
  }

  panel(empty: boolean): PanelState {
    return panelState({
      loaded: this.data !== null,
      empty,
      age_ms: clock.since(this.received_at),
      age_ms_max: this.pace.age_ms_max,
      feed_stale_ms: null,
      problem: this.problem,
    });
  }
}
