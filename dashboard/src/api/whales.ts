/** Whales: what others traded, what became of it, and who they are. */

import { getObject, getPage } from "./client";
import type { Cut } from "./desk";
import type { Narrow } from "./narrow";
import type * as schema from "./schema";
import type { Page, Side } from "./types";

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

/** What following the whale was worth after a while. `missed`: nobody looked in time, and no price is made up. */
export type Grade = Narrow<schema.GradeView, { horizon: Horizon; state: "waiting" | "graded" | "missed" }>;

export type Whale = Narrow<
  schema.WhaleView,
  { kind: WhaleKind; class: WhaleClass; side: Side; grades: Grade[] }
>;

/** One trade of the tape. */
export type Print = Narrow<schema.TradeView, { side: Side }>;

/** `fetched_at` is null before the venue was asked: the figures then say nothing. */
export type Wallet = schema.WalletView;

export type WhaleDetail = Whale & { trades: Print[]; profile: Wallet | null };

export type RecordVerdict = "not_enough" | "no_sign" | "skill" | "costs";

/** What following one class was worth at one horizon. */
export type ClassRecord = Narrow<
  schema.RecordRowView,
  { class: WhaleClass; horizon: Horizon; verdict: RecordVerdict }
>;

export type WhaleRecord = Narrow<schema.RecordView, { classes: ClassRecord[] }>;

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
