/** One market: its books, its past prices, and what an order there would do. */

import { isRecord } from "../core/shape";
import { getJson, getObject, getPage, Problem, withQuery, type Wish } from "./client";
import { unlessMissing } from "./portfolio";
import type { Gate, OrderWish } from "./trading";
import type { Decimal, Market, Page, Side, Timestamp, Trust } from "./types";

const root = "/api/v1/markets";
const one = (id: string): string => `${root}/${encodeURIComponent(id)}`;

/** A market with what is read of it alone; the fields are missing where this version does not tell them. */
export type MarketDetail = Market & { rules?: string | null; event_slug?: string | null };

export const getMarket = (id: string, signal: AbortSignal): Promise<MarketDetail> =>
  getObject(one(id), "a market", ["outcomes"], signal);

export const getSiblings = (group: string, signal: AbortSignal): Promise<Page<Market>> =>
  getPage(root, { group, limit: 200 }, signal);

export interface Level {
  price: Decimal;
  size_shares: Decimal;
}

/** One side's orders; the best first. */
export interface OutcomeBook {
  token_id: string;
  name: string;
  trust: Trust;
  age_ms: number | null;
  bids: Level[];
  asks: Level[];
}

export interface MarketBook {
  at: Timestamp | null;
  outcomes: OutcomeBook[];
}

/** The depth of a market; null where this version of the service does not tell it. */
export const getBook = (id: string, signal: AbortSignal): Promise<MarketBook | null> =>
  unlessMissing("book", () => getObject<MarketBook>(`${one(id)}/book`, "a book", ["outcomes"], signal));

export interface PricePoint {
  at: Timestamp;
  price: Decimal;
  bid: Decimal | null;
  ask: Decimal | null;
}

/** Past prices of the first outcome, oldest first; null where this version of the service keeps none. */
export const getPrices = (id: string, signal: AbortSignal): Promise<PricePoint[] | null> =>
  unlessMissing(
    "prices",
    async () => (await getPage<PricePoint>(`${one(id)}/prices`, { points: 500 }, signal)).data,
  );

/** What an order would do if it were sent now. Nothing is sent, reserved or written down. */
export interface OrderPreview {
  at: Timestamp;
  book_age_ms: number | null;
  trust: Trust;
  side: Side;
  fill: {
    shares: Decimal;
    average_price: Decimal | null;
    worst_price: Decimal | null;
    levels: number;
    value_usd: Decimal;
    /** Whether all of it would be matched at once. */
    complete: boolean;
    /** What would stay in the book. */
    rests_shares: Decimal;
  };
  fee_usd: Decimal | null;
  cost_usd: Decimal;
  proceeds_usd: Decimal;
  payout_usd: Decimal;
  profit_usd: Decimal | null;
  /** The most that can be lost, below zero. */
  worst_case_usd: Decimal;
  reserved_usd: Decimal;
  breakeven_price: Decimal | null;
  verdict: "approved" | "refused";
  rule: string | null;
  reason: string | null;
  gates: Gate[];
}

const order_path = "/api/v1/execute/order";
const post = (path: string, order: OrderWish): Wish => ({ method: "POST", path, body: { ...order } });

export const previewOrder = (order: OrderWish): Wish => post(`${order_path}/preview`, order);
export const placeOrder = (order: OrderWish): Wish => post(order_path, order);

/** Reads a preview; what is none is a problem. */
export function previewFrom(answer: unknown): OrderPreview {
  if (!isRecord(answer) || !isRecord(answer["fill"]) || !Array.isArray(answer["gates"])) {
    throw new Problem("malformed", "The answer is not a preview of an order.", null, 200);
  }
  return answer as unknown as OrderPreview;
}

/** Why not more is traded: each stage with what left it and what went on. */
export interface FunnelStage {
  stage: string;
  count: number;
  left: { rule: string; text: string; count: number }[];
  on: number;
}

export interface DecisionSummary {
  from: Timestamp;
  to: Timestamp;
  stages: FunnelStage[];
}

/** The funnel of decisions; null where this version of the service does not add them up. */
export async function getDecisionSummary(
  query: { strategy: string; from: string | null },
  signal: AbortSignal,
): Promise<DecisionSummary | null> {
  const path = withQuery("/api/v1/decisions/summary", query);
  return unlessMissing("decisions/summary", async () => {
    const body = await getJson(path, signal);
    if (!isRecord(body) || !Array.isArray(body["stages"])) {
      throw new Problem("malformed", `The answer of ${path} is not a funnel.`, null, 200);
    }
    return body as unknown as DecisionSummary;
  });
}
