/** Whales: what others traded, what became of it, and who they are. */

import { getObject, getPage } from "./client";
import type { Cut } from "./desk";
import type { Decimal, Page, Timestamp } from "./types";

export const whaleKinds = ["large_print", "accumulation"] as const;
export type WhaleKind = (typeof whaleKinds)[number];

/** By kind, and whether the wallet was new. */
export const whaleClasses = [
  "large_print",
  "fresh_large_print",
  "accumulation",
  "fresh_accumulation",
] as const;
export type WhaleClass = (typeof whaleClasses)[number];

export const horizons = ["one_hour", "one_day", "settlement"] as const;
export type Horizon = (typeof horizons)[number];

export type Side = "buy" | "sell";

/** What following the whale was worth after a while. */
export interface Grade {
  horizon: Horizon;
  /** `missed`: nobody looked in time, and no price is made up. */
  state: "waiting" | "graded" | "missed";
  due_at: Timestamp | null;
  graded_at: Timestamp | null;
  mark: Decimal | null;
  profit_usd_per_share: Decimal | null;
  /** Part of what was laid out, net of fees. */
  return: Decimal | null;
  hit: boolean | null;
}

export interface Whale {
  id: string;
  kind: WhaleKind;
  class: WhaleClass;
  /** Null where the wallet's age is not known. */
  fresh: boolean | null;
  /** When it was told of. */
  at: Timestamp;
  first_at: Timestamp;
  last_at: Timestamp;
  prints: number;
  condition_id: string;
  token_id: string;
  title: string;
  slug: string;
  event_slug: string | null;
  outcome: string;
  side: Side;
  entry_price: Decimal;
  size_shares: Decimal;
  value_usd: Decimal;
  wallet: string | null;
  grades: Grade[];
}

/** One trade of the tape. */
export interface Print {
  id: string;
  at: Timestamp;
  outcome: string;
  side: Side;
  price: Decimal;
  size_shares: Decimal;
  value_usd: Decimal;
  transaction: string | null;
}

export interface Wallet {
  address: string;
  first_seen_at: Timestamp | null;
  fresh: boolean | null;
  positions_open: number;
  positions_settled: number;
  wins: number;
  win_rate: Decimal | null;
  win_rate_low: Decimal | null;
  win_rate_high: Decimal | null;
  volume_usd: Decimal;
  profit_usd: Decimal;
  /** The venue lists more positions than were read. */
  partial: boolean;
  /** Null before the venue was asked: the figures then say nothing. */
  fetched_at: Timestamp | null;
  whales: number;
}

export interface WhaleDetail extends Whale {
  trades: Print[];
  profile: Wallet | null;
}

export type RecordVerdict = "not_enough" | "no_sign" | "skill" | "costs";

/** What following one class was worth at one horizon. */
export interface ClassRecord {
  class: WhaleClass;
  horizon: Horizon;
  events: number;
  markets: number;
  hits: number;
  hit_rate: Decimal | null;
  hit_rate_low: Decimal | null;
  hit_rate_high: Decimal | null;
  mean_return: Decimal | null;
  mean_return_low: Decimal | null;
  mean_return_high: Decimal | null;
  verdict: RecordVerdict;
  words: string;
}

export interface WhaleRecord {
  /** Fewer markets than this say nothing. */
  markets_min: number;
  classes: ClassRecord[];
  missed: number;
  waiting: number;
}

export interface WhaleQuery {
  kind: string;
  class: string;
  usd_min: string;
  wallet: string;
  market: string;
}

const root = "/api/v1/whales";

export const getWhales = (query: WhaleQuery, cut: Cut, signal: AbortSignal): Promise<Page<Whale>> =>
  getPage(root, { ...query, ...cut }, signal);

export const getWhale = (id: string, signal: AbortSignal): Promise<WhaleDetail> =>
  getObject(`${root}/${encodeURIComponent(id)}`, "a whale", ["grades", "trades"], signal);

export const getWhaleRecord = (signal: AbortSignal): Promise<WhaleRecord> =>
  getObject(`${root}/record`, "a record of whales", ["classes"], signal);
