// @ts-check
/** One market of the stand-in: its books, its past and what an order there would do. */
import { decimal } from "./world.mjs";
import { gates } from "./desk-words.mjs";

/** @typedef {import("../../src/api/types").Market} Market */
/** @typedef {import("../../src/api/types").Outcome} Outcome */
/** @typedef {import("../../src/api/market").Level} Level */
/** @typedef {import("../../src/api/market").OrderPreview} OrderPreview */

const levels = 18;
/** @param {number} micros @param {number} n */
const size = (micros, n) => decimal(20_000_000 + ((micros / 10_000) * 7 + n * 53) * 1_000_000);

/** @param {Outcome} outcome @param {"bid" | "ask"} side @returns {Level[]} */
function ladder(outcome, side) {
  const best = side === "bid" ? outcome.best_bid : outcome.best_ask;
  if (best === null) return [];
  const from = Math.round(Number(best) * 1e6);
  return Array.from({ length: levels }, (_, n) => from + (side === "bid" ? -n : n) * 10_000)
    .filter((micros) => micros > 0 && micros < 1_000_000)
    .map((micros, n) => ({ price: decimal(micros), size_shares: size(micros, n) }));
}

/** @param {Market} market @returns {import("../../src/api/market").MarketBook} */
export const bookOf = (market) => ({
  condition_id: market.condition_id,
  at: new Date().toISOString(),
  outcomes: market.outcomes.map((outcome) => ({
    token_id: outcome.token_id,
    name: outcome.name,
    trust: outcome.trust,
    age_ms: outcome.age_ms,
    epoch: outcome.epoch,
    tick_size: market.tick_size,
    bids: ladder(outcome, "bid"),
    asks: ladder(outcome, "ask"),
  })),
});

/** @param {Market} market @returns {import("../../src/api/schema").PricesView} */
export function pricesOf(market) {
  const now = Math.round(Number(market.outcomes[0]?.best_bid ?? "0.5") * 100);
  return {
    condition_id: market.condition_id,
    token_id: market.outcomes[0]?.token_id ?? "",
    data: Array.from({ length: 120 }, (_, n) => {
      const cents = Math.max(2, Math.min(97, now + Math.round(Math.sin(n / 9) * 4 + Math.cos(n / 23) * 3)));
      return {
        at: new Date(Date.now() - (120 - n) * 60_000).toISOString(),
        price: decimal(cents * 10_000),
        bid: decimal(cents * 10_000),
        ask: decimal((cents + 1) * 10_000),
      };
    }),
  };
}

export const rules =
  'This market resolves to "Yes" if the named authority says so in public before the end date.\n\n' +
  "The source is the authority's own site. <b>Anything else</b> is not counted.";

/**
 * What an order would do: it walks through the ladder as the venue would.
 * @param {Market} market @param {import("../../src/api/trading").OrderWish} order @param {string | null} refusing
 * @returns {OrderPreview}
 */
export function previewOf(market, order, refusing) {
  const outcome = market.outcomes.find(({ token_id }) => token_id === order.token_id);
  const buying = order.side === "buy";
  const limit = Math.round(Number(order.price) * 1e6);
  const wanted = Math.round(Number(order.size_shares) * 1e6);
  let [left, value, taken, worst] = [wanted, 0, 0, 0];
  for (const level of outcome === undefined ? [] : ladder(outcome, buying ? "ask" : "bid")) {
    const price = Math.round(Number(level.price) * 1e6);
    if (left === 0 || (buying ? price > limit : price < limit)) break;
    const part = Math.min(left, Math.round(Number(level.size_shares) * 1e6));
    value += Math.round((part * price) / 1e6);
    left -= part;
    taken += 1;
    worst = price;
  }
  const shares = wanted - left;
  const fee = Math.round(value * 0.01);
  const cost = buying ? value + fee : 0;
  const proceeds = buying ? 0 : value - fee;
  const refused = refusing !== null;
  const all = gates(refusing, market.condition_id);
  return {
    at: new Date().toISOString(),
    book_at: new Date(Date.now() - 40).toISOString(),
    book_age_ms: 40,
    trust: outcome?.trust ?? "unwatched",
    side: buying ? "buy" : "sell",
    lifetime: order.lifetime ?? "FAK",
    price: order.price,
    size_shares: order.size_shares,
    fill: {
      shares: decimal(shares),
      average_price: shares === 0 ? null : decimal(Math.round((value / shares) * 1e6)),
      worst_price: shares === 0 ? null : decimal(worst),
      levels: taken,
      value_usd: decimal(value),
      complete: left === 0,
      rests_shares: order.lifetime?.startsWith("GT") ? decimal(left) : "0",
    },
    fee_usd: decimal(fee),
    cost_usd: decimal(cost),
    proceeds_usd: decimal(proceeds),
    payout_usd: buying ? decimal(shares) : "0",
    profit_usd: buying ? decimal(shares - cost) : null,
    worst_case_usd: decimal(-Math.round((wanted * (buying ? limit : 0)) / 1e6)),
    reserved_usd: decimal(Math.round((wanted * (buying ? limit : 0)) / 1e6)),
    breakeven_price: buying && shares > 0 ? decimal(Math.round((cost / shares) * 1e6)) : null,
    verdict: refused ? "refused" : "approved",
    rule: refusing,
    reason: all.find(({ verdict }) => verdict === "refused")?.text ?? null,
    gates: all,
  };
}
