import { Problem } from "../api/client";
import {
  getMoment,
  getPastDecision,
  getPastDecisions,
  getSessions,
  getTimeline,
  type PastDecision,
  type PastMoment,
  type PastRow,
  type Timeline,
} from "../api/past";
import { panelState, type PanelState } from "../core/freshness";
import { around } from "../core/past";
import { Refresher } from "../core/refresher";
import { clock } from "./clock.svelte";
import { Polled } from "./polled.svelte";

/** What is still being recorded is old after this; what is over never is. */
const ageMsMax = 30_000;
/** Decisions on either side of a moment. */
const rowsAside = 25;
export const buckets = 600;

/** One answer about the past, asked for when something else is wanted. */
class Asked<T> {
  data = $state.raw<T | null>(null);
  problem = $state.raw<Problem | null>(null);
  #received_at = $state(0);
  #key = "";
  #fetch: ((signal: AbortSignal) => Promise<T>) | null = null;
  readonly refresher = new Refresher(async (signal) => {
    if (this.#fetch === null) return;
    try {
      this.data = await this.#fetch(signal);
      this.#received_at = Date.now();
      this.problem = null;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.problem = error;
      // What is not there does not come by asking again.
      if (error.status === null || error.status >= 500 || error.status === 429) throw error;
    }
  });

  /** Shows the answer to `key` from now on; until it is here, nothing. */
  want(key: string, fetch: (signal: AbortSignal) => Promise<T>, keep = false): void {
    if (key === this.#key) return;
    this.#key = key;
    this.#fetch = fetch;
    if (!keep) this.data = null;
    this.problem = null;
    this.refresher.restart();
  }
  leave(): void {
    this.refresher.stop();
    this.#key = "";
    this.#fetch = null;
    this.data = null;
    this.problem = null;
  }
  panel(empty: boolean, growing: boolean): PanelState {
    // What was wanted is not there; what is shown is something else.
    if (this.problem !== null && this.problem.status === 404) {
      return { kind: "broken", problem: this.problem };
    }
    return panelState({
      loaded: this.data !== null,
      empty,
      age_ms: growing || this.problem !== null ? clock.since(this.#received_at) : 0,
      age_ms_max: ageMsMax,
      feed_stale_ms: null,
      problem: this.problem,
    });
  }
}

export interface RowQuery {
  who: string;
  kind: string;
}

/** What the time machine shows. */
class PastView {
  sessions = new Polled((signal) => getSessions(signal));
  timeline = new Asked<Timeline>();
  rows = new Asked<PastRow[]>();
  decision = new Asked<PastDecision>();
  moment = new Asked<PastMoment>();

  showTimeline(session: string): void {
    this.timeline.want(session, (signal) => getTimeline(session, buckets, signal));
  }
  /** Decisions before and after a moment. */
  showRows(session: string, at: string, query: RowQuery): void {
    const key = JSON.stringify([session, at, query]);
    const fetch = async (signal: AbortSignal): Promise<PastRow[]> => {
      // The moment itself belongs to what is before it.
      const border = new Date(Date.parse(at) + 1).toISOString();
      const cut = { ...query, limit: rowsAside };
      const before = await getPastDecisions(session, { ...cut, to: border, order: "desc" }, signal);
      const behind = await getPastDecisions(session, { ...cut, from: border, order: "asc" }, signal);
      return around(before.data, behind.data);
    };
    this.rows.want(key, fetch, true);
  }
  showDecision(session: string, record: string): void {
    const key = `${session} ${record}`;
    this.decision.want(key, (signal) => getPastDecision(session, record, signal), true);
  }
  showMoment(session: string, at: string): void {
    this.moment.want(`${session} ${at}`, (signal) => getMoment(session, at, signal), true);
  }
  leave(): void {
    for (const asked of [this.timeline, this.rows, this.decision, this.moment]) asked.leave();
  }
}

export const past = new PastView();
