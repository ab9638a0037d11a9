/**
 * The service's answers as types. Money, prices and sizes are decimal strings and stay strings:
 * see `core/decimal.ts`. Times are RFC 3339 strings. Every text may come from the venue and is
 * never trusted as markup.
 */

export type Decimal = string;
export type Timestamp = string;

export interface Reason {
  code: string;
  text: string;
}

export interface Page<T> {
  data: T[];
  next_cursor: string | null;
  total?: number;
}

export type Mode = "demo" | "paper" | "live" | "replay";

export type ConnectionState = "idle" | "connecting" | "live" | "silent" | "down";

export interface FeedConnection {
  name: string;
  state: ConnectionState;
  tokens: number;
  age_ms: number | null;
  frames: number;
  reconnects: number;
  last_error: string | null;
}

export interface Feed {
  age_ms: number | null;
  age_ms_max: number;
  stale: boolean;
  connections: FeedConnection[];
}

export interface BookCounts {
  trusted: number;
  suspect: number;
  stale: number;
  waiting: number;
}

export interface CountedReason extends Reason {
  count: number;
}

export interface Detector {
  looks: number;
  found: number;
  open: number;
  reasons: CountedReason[];
}

export interface SyncResult {
  added: number;
  changed: number;
  closed: number;
  failed: number;
  total: number;
}

export interface Collector {
  name: string;
  last_run_at: Timestamp | null;
  took_ms: number | null;
  result: SyncResult | null;
  error: string | null;
}

export interface Store {
  state: "up" | "down";
  backend: string;
  queued: number;
  written: number;
  dropped: number;
  last_error: string | null;
}

/** The venue's trades as they happen. */
export interface TradeFeed {
  state: "live" | "silent" | "down" | "connecting";
  last_data_at: Timestamp | null;
  /** Every trade up to this moment is known. */
  complete_to: Timestamp | null;
  prints: number;
  told: number;
  whales: number;
  small: number;
  decided: number;
  hidden: number;
  refused: number;
  backfills: number;
  filled: number;
  reconnects: number;
  last_error: string | null;
}

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

export interface System {
  mode: Mode;
  version: string;
  started_at: Timestamp;
  now: Timestamp;
  ready: boolean;
  not_ready: string[];
  feed: Feed;
  books: BookCounts;
  detector: Detector;
  collectors: Collector[];
  store: Store;
  /** Missing where this run watches no trades. */
  trades?: TradeFeed | null;
  clients: number;
  tree: ActorNode;
}

export type Trust = "waiting" | "trusted" | "suspect" | "stale" | "unwatched";

export interface Outcome {
  token_id: string;
  name: string;
  best_bid: Decimal | null;
  best_ask: Decimal | null;
  trust: Trust;
  trust_cause: string | null;
  epoch: number;
  age_ms: number | null;
}

export interface MarketGroup {
  id: string;
  title: string;
  neg_risk: boolean;
  augmented: boolean;
}

export interface Market {
  condition_id: string;
  slug: string;
  title: string;
  group: MarketGroup | null;
  outcomes: Outcome[];
  state: "open" | "paused" | "closed";
  volume_24h: Decimal;
  liquidity: Decimal;
  ends_at: Timestamp | null;
  tick_size: Decimal;
  order_size_min: Decimal;
  fee: { rate: Decimal; exponent: number } | null;
  why: Reason | null;
}

export const opportunityKinds = [
  "parity_long",
  "parity_short",
  "neg_risk_long",
  "neg_risk_short",
  "neg_risk_convert",
] as const;

export type OpportunityKind = (typeof opportunityKinds)[number];

export const scoreParts = ["deviation", "liquidity", "fees", "slippage", "time"] as const;

export type ScorePart = (typeof scoreParts)[number];

export type Score = { total: number } & Record<ScorePart, number>;

export interface Leg {
  token_id: string;
  condition_id: string;
  title: string;
  outcome: string;
  side: "buy" | "sell";
  size: Decimal;
  limit_price: Decimal;
  average_price: Decimal;
  levels: number;
  amount: Decimal;
  fee: Decimal;
  epoch: number;
  age_ms: number;
}

export interface ChainAction {
  kind: "split" | "merge" | "convert" | "redeem";
  amount: Decimal;
  cost: Decimal;
}

export interface Opportunity {
  id: string;
  kind: OpportunityKind;
  state: "open" | "closed";
  title: string;
  condition_id: string | null;
  group_id: string | null;
  found_at: Timestamp;
  seen_at: Timestamp;
  closed_at: Timestamp | null;
  closed_reason: Reason | null;
  size: Decimal;
  edge: Decimal;
  gross: Decimal;
  fees: Decimal;
  chain_cost: Decimal;
  net: Decimal;
  capital: Decimal;
  lockup_seconds: number | null;
  annualised_return_bips: number | null;
  score: Score;
  legs: Leg[];
  actions: ChainAction[];
}

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
