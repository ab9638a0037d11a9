/** One market: its books, its past prices, and what an order there would do. */

import { isRecord } from "../core/shape";
import { getObject, getPage, Problem, withQuery, type Wish } from "./client";
import type { Narrow } from "./narrow";
import type * as schema from "./schema";
import type { Gate, OrderWish } from "./trading";
import type { Market, Page, Side, Trust } from "./types";

const root = "/api/v1/markets";
const one = (id: string): string => `${root}/${encodeURIComponent(id)}`;

/** A market with what is read of it alone. */
export type MarketDetail = Market & Pick<schema.MarketWithRules, "rules">;

export const getMarket = (id: string, signal: AbortSignal): Promise<MarketDetail> =>
  getObject(one(id), "a market", ["outcomes"], signal);

export const getSiblings = (group: string, signal: AbortSignal): Promise<Page<Market>> =>
  getPage(root, { group, limit: 200 }, signal);

export type Level = schema.LevelView;
export type OutcomeBook = Narrow<schema.OutcomeBookView, { trust: Trust }>;
/** One side's orders, the best first. */
export type MarketBook = Narrow<schema.BookView, { outcomes: OutcomeBook[] }>;

export const getBook = (id: string, signal: AbortSignal): Promise<MarketBook> =>
  getObject(`${one(id)}/book`, "a book", ["outcomes"], signal);

export type PricePoint = schema.PricePointView;

/** Past prices of the first outcome from a moment on, oldest first. */
export const getPrices = async (id: string, from: string, signal: AbortSignal): Promise<PricePoint[]> =>
  (
    await getObject<schema.PricesView>(
      withQuery(`${one(id)}/prices`, { from, points: 500 }),
      "prices",
      ["data"],
      signal,
    )
  ).data;

/** What an order would do if it were sent now. Nothing is sent, reserved or written down. */
export type OrderPreview = Narrow<
  schema.PreviewView,
  { side: Side; trust: Trust; verdict: "approved" | "refused"; gates: Gate[] }
>;

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
export type FunnelStage = schema.StageView;
export type DecisionSummary = schema.FunnelView;

export const getDecisionSummary = (
  query: { strategy: string; from: string | null },
  signal: AbortSignal,
): Promise<DecisionSummary> =>
  getObject(withQuery("/api/v1/decisions/summary", query), "a funnel", ["stages"], signal);
