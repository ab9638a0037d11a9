/**
 * The service's answers as types, from its own description. Money, prices and sizes are decimal strings and
 * stay strings: see `core/decimal.ts`. Times are RFC 3339 strings. Every text may come from the venue and is
 * never trusted as markup.
 */

import type { Narrow } from "./narrow";
import type * as schema from "./schema";

export type Decimal = string;
export type Timestamp = string;

export interface Page<T> {
  data: T[];
  next_cursor: string | null;
  total?: number;
}

export type Mode = "demo" | "paper" | "live" | "replay";

export type Reason = schema.WhyView;
export type CountedReason = schema.ReasonView;
export type BookCounts = schema.BooksView;
export type Detector = schema.DetectorView;
export type Collector = schema.CollectorView;
export type MarketGroup = schema.GroupView;

export type ConnectionState = "idle" | "connecting" | "live" | "silent" | "down";
export type FeedConnection = Narrow<schema.ConnectionView, { state: ConnectionState }>;
export type Feed = Narrow<schema.FeedView, { connections: FeedConnection[] }>;
export type Store = Narrow<schema.StoreView, { state: "up" | "down" }>;

/** The venue's trades as they happen. */
export type TradeFeed = Narrow<schema.TapeView, { state: "live" | "silent" | "down" | "connecting" }>;

export type ActorStatus = "idle" | "starting" | "up" | "stopping" | "down" | "backoff" | "done";

export interface Queue {
  depth: number;
  handled: number;
  rejected_full: number;
  rejected_down: number;
  conflated: number;
  expired: number;
  purged: number;
  lost_in_handler: number;
}

/** One actor and those below it. The description says no more of it than that it is an object. */
export interface ActorNode {
  name: string;
  role: "supervisor" | "worker";
  status: ActorStatus;
  degraded: string | null;
  incarnation: number;
  restarts: number;
  last_exit: string | null;
  handling: { message: string; for_ms: number } | null;
  queue: Queue;
  children: ActorNode[];
}

export type SwarmSwitch = Narrow<schema.SwarmStateView, { state: "off" | "starting" | "on" }>;

export type System = Narrow<
  schema.SystemView,
  { mode: Mode; feed: Feed; store: Store; trades: TradeFeed; swarm: SwarmSwitch; tree: ActorNode }
>;

export type Trust = "waiting" | "trusted" | "suspect" | "stale" | "unwatched";
export type Outcome = Narrow<schema.OutcomeView, { trust: Trust }>;
export type Market = Narrow<schema.MarketView, { outcomes: Outcome[]; state: "open" | "paused" | "closed" }>;

export const opportunityKinds = [
  "parity_long",
  "parity_short",
  "neg_risk_long",
  "neg_risk_short",
  "neg_risk_convert",
] as const;

export type OpportunityKind = (typeof opportunityKinds)[number];

export const scoreParts = ["deviation", "liquidity", "fees", "slippage", "time"] as const;

export type ScorePart = (typeof scoreParts)[number] & keyof schema.ScoreView;
export type Score = schema.ScoreView;

export type Side = "buy" | "sell";
export type Leg = Narrow<schema.LegView, { side: Side }>;
export type ChainAction = Narrow<schema.ActionView, { kind: "split" | "merge" | "convert" | "redeem" }>;

export type Opportunity = Narrow<
  schema.OpportunityView,
  { kind: OpportunityKind; state: "open" | "closed"; legs: Leg[]; actions: ChainAction[] }
>;

/** What the socket says of a market's first outcome. */
export interface MarketUpdate {
  condition_id: string;
  title: string;
  price: number;
  volume_24h: number;
  timestamp: Timestamp;
  bid?: Decimal | null;
  ask?: Decimal | null;
  trust?: Trust;
}
