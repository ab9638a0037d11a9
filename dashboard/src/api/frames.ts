import { isRecord } from "../core/shape";
import type { Alert } from "./alerts";
import type { Forecast } from "./forecasts";
import type { Decision, Fill, Notice, Order, Trading } from "./trading";
import type { MarketUpdate, Opportunity, System } from "./types";

/** The first frame of a connection. */
export interface Greeting {
  protocol: number;
  version: string;
  /** Which life of the service this is: numbers of another one mean nothing. */
  run: string;
  /** The number that the facts of this connection count on from. */
  last_fact: number;
  /** Whether every fact since the one that was named follows. */
  resumed: boolean;
}

export type Frame =
  | { type: "hello"; seq: number; data: Greeting }
  | { type: "health"; seq: number; data: System }
  | { type: "opportunity"; seq: number; data: Opportunity }
  | { type: "market_update"; seq: number; data: MarketUpdate }
  | { type: "trading"; seq: number; data: Trading }
  | { type: "order"; seq: number; data: Order }
  | { type: "fill"; seq: number; data: Fill }
  | { type: "decision"; seq: number; data: Decision }
  | { type: "notice"; seq: number; data: Notice }
  | { type: "alert"; seq: number; data: Alert }
  | { type: "forecast"; seq: number; data: Forecast }
  | { type: "whale_trade"; seq: number; data: { market: string } }
  | { type: "lagged"; seq: number; data: { lost: number } }
  | { type: "other"; seq: number };

/** What `data` must have for a frame of each type to be believed. */
const needed = {
  hello: ["run", "last_fact", "resumed"],
  health: ["feed", "tree", "detector"],
  opportunity: ["id", "kind", "state", "net", "legs"],
  market_update: ["condition_id"],
  trading: ["cash", "positions", "open_orders", "strategies", "venue"],
  order: ["id", "state", "side", "size_shares"],
  fill: ["trade_id", "order_id", "state"],
  decision: ["id", "verdict", "gates"],
  notice: ["text"],
  whale_trade: ["market"],
  alert: ["id", "at", "severity", "deliveries"],
  forecast: ["id", "state", "asked_at", "ballots"],
} satisfies Partial<Record<Frame["type"], string[]>>;

const isNeeded = (type: string): type is keyof typeof needed => Object.hasOwn(needed, type);

/**
 * Reads one text frame. A frame of a type this page does not know is `other`. A frame that cannot be
 * read is null.
 */
export function parseFrame(text: string): Frame | null {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(frame)) return null;
  const { type, seq, data } = frame;
  if (typeof type !== "string" || typeof seq !== "number" || !Number.isSafeInteger(seq)) return null;
  if (!isRecord(data)) return { type: "other", seq };
  if (type === "lagged") {
    return { type, seq, data: { lost: typeof data["lost"] === "number" ? data["lost"] : 0 } };
  }
  if (!isNeeded(type)) return { type: "other", seq };
  return needed[type].every((key) => key in data) ? ({ type, seq, data } as unknown as Frame) : null;
}

/** Frames of state: they replace each other on the way, and carry the number of the last fact. */
const states: ReadonlySet<Frame["type"]> = new Set(["hello", "health", "market_update", "trading", "lagged"]);

/** Watches the numbers of the facts that arrive; frames of state have none of their own. */
export class SequenceWatch {
  #last: number | null = null;

  /** The newest fact that was heard of; null before the first. */
  get last(): number | null {
    return this.#last;
  }

  /** How many facts are missing before this frame; a number that does not advance counts as a gap too. */
  observe(frame: Frame): number {
    if (states.has(frame.type)) return 0;
    const last = this.#last;
    // What this page does not know may be a fact or a state: only a new number tells.
    if (frame.type === "other" && last !== null && frame.seq <= last) return 0;
    this.#last = frame.seq;
    if (last === null) return 0;
    return frame.seq > last ? frame.seq - last - 1 : 1;
  }

  /** Facts count on from this one. */
  countFrom(fact: number | null): void {
    this.#last = fact;
  }
}
