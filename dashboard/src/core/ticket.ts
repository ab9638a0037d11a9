import type { Lifetime, OrderWish, Position } from "../api/trading";
import type { Market, Side } from "../api/types";
import { floorTo, sumOf } from "./decimal";

/** An order as it is being written: what is typed stays as it was typed. */
export interface Draft {
  token_id: string;
  side: Side;
  price: string;
  size_shares: string;
  lifetime: Lifetime;
  /** Local date and time, where the lifetime has an end. */
  until: string;
}

/** Shares are ordered in hundredths. */
const sizePlaces = 2;

/** What can be sold of a position: settled, and not on its way out. */
export const sellable = ({ settled_shares, pending_out_shares }: Position): string =>
  floorTo(sumOf([settled_shares, `-${pending_out_shares}`]), sizePlaces);

/** A preview that is older says too little of the book of this moment. */
export const previewMsMax = 15_000;

/** A first draft: where nothing else is wished, at the best price of the other side, the smallest size. */
export function draftFor(
  market: Market,
  { token_id, side, price, size_shares }: Partial<Draft> & Pick<Draft, "token_id" | "side">,
): Draft {
  const outcome = market.outcomes.find((it) => it.token_id === token_id);
  const best = side === "buy" ? outcome?.best_ask : outcome?.best_bid;
  return {
    token_id,
    side,
    price: price ?? best ?? "",
    size_shares: size_shares ?? market.order_size_min,
    lifetime: "FAK",
    until: "",
  };
}

const plain = (typed: string): string => typed.trim().replace(",", ".");

/** What is asked of the service; null where something is missing that only the reader can know. */
export function orderOf(draft: Draft, condition_id: string): OrderWish | null {
  const [price, size_shares] = [plain(draft.price), plain(draft.size_shares)];
  if (!/^\d*\.?\d+$/.test(price) || !/^\d*\.?\d+$/.test(size_shares)) return null;
  const order: OrderWish = {
    condition_id,
    token_id: draft.token_id,
    side: draft.side,
    price: price.startsWith(".") ? `0${price}` : price,
    size_shares,
    lifetime: draft.lifetime,
  };
  if (draft.lifetime !== "GTD") return order;
  const end = Date.parse(draft.until);
  return Number.isNaN(end) ? null : { ...order, expires_at: new Date(end).toISOString() };
}

export type PreviewStanding = "none" | "old" | "refused" | "approved";

/** Whether an order may be sent: only what was looked at, just now, as it is. */
export function standingOf(
  order: OrderWish | null,
  looked_at: { order: OrderWish; verdict: "approved" | "refused"; at_ms: number } | null,
  now_ms: number,
): PreviewStanding {
  if (looked_at === null) return "none";
  const same = order !== null && JSON.stringify(order) === JSON.stringify(looked_at.order);
  if (!same || now_ms - looked_at.at_ms > previewMsMax) return "old";
  return looked_at.verdict;
}
