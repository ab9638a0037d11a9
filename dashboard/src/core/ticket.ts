import type { Lifetime, OrderWish, Position } from "../api/trading";
import type { Market, Side } from "../api/types";
import { dividedDown, floorTo, sumOf, times } from "./decimal";

/** An order as it is being written: what is typed stays as it was typed. */
export interface Draft {
  token_id: string;
  side: Side;
  price: string;
  size_shares: string;
  /** Dollars instead of shares, where the size is written so. */
  size_usd: string | null;
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
    size_usd: null,
    lifetime: "FAK",
    until: "",
  };
}

/** A number as it is sent, of one as it was typed; null where it is none. */
function plain(typed: string): string | null {
  const number = typed.trim().replace(",", ".");
  if (!/^\d*\.?\d+$/.test(number)) return null;
  return number.startsWith(".") ? `0${number}` : number;
}

/**
 * The shares of a draft: those typed, or as many hundredths as its dollars hold at its limit price, rounded
 * down, so that it is worth no more than was typed. Fees are not in it; the preview says them.
 */
export function sharesOf({ price, size_shares, size_usd }: Draft): string | null {
  if (size_usd === null) return plain(size_shares);
  const [limit, dollars] = [plain(price), plain(size_usd)];
  return limit === null || dollars === null ? null : dividedDown(dollars, limit, sizePlaces);
}

/** What a draft is worth at its limit price: dollars, rounded up to whole cents. */
export function worthOf(draft: Draft): string | null {
  const [limit, shares] = [plain(draft.price), sharesOf(draft)];
  return limit === null || shares === null ? null : times(shares, limit, 2, "ceiling");
}

/** The same draft with its size in the other unit: dollars are rounded up to cents, shares down to hundredths. */
export function inUnit(draft: Draft, unit: "shares" | "usd"): Draft {
  if (unit === "usd") return draft.size_usd === null ? { ...draft, size_usd: worthOf(draft) ?? "" } : draft;
  return { ...draft, size_shares: sharesOf(draft) ?? draft.size_shares, size_usd: null };
}

/** What is asked of the service; null where something is missing that only the reader can know. */
export function orderOf(draft: Draft, condition_id: string): OrderWish | null {
  const [price, size_shares] = [plain(draft.price), sharesOf(draft)];
  if (price === null || size_shares === null) return null;
  const order: OrderWish = {
    condition_id,
    token_id: draft.token_id,
    side: draft.side,
    price,
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
