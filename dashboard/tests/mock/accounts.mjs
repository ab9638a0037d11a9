// @ts-check
/** The past of the stand-in's account: what was earned, booked and held. */
import { decimal } from "./world.mjs";
import { strategyNames } from "./desk-words.mjs";

/** @param {number} ms */
const ago = (ms) => new Date(Date.now() - ms).toISOString();
const day = 24 * 3_600_000;

/** @param {number} n */
const figures = (n) => {
  const net = ((n * 7919) % 260) * 100_000 - 9_000_000;
  return {
    realised_usd: decimal(net + 810_000),
    fees_usd: decimal(770_000),
    gas_usd: decimal(40_000),
    adjusted_usd: "0",
    net_usd: decimal(net),
  };
};

/** @param {string} by @param {readonly import("../../src/api/types").Market[]} markets */
export function resultsBy(by, markets) {
  /** @type {[string, string | null][]} */
  const keys =
    by === "strategy"
      ? strategyNames.map((name) => [name, null])
      : by === "market"
        ? markets.slice(0, 9).map((it) => [it.condition_id, it.title])
        : by === "group"
          ? [
              ["", null],
              ["930004", "Next head of the central bank"],
            ]
          : Array.from({ length: 14 }, (_, n) => [ago(n * day).slice(0, 10), null]);
  return {
    by,
    data: keys.map(([key, title], n) => Object.assign(figures(n + 3), { key, title, trades: 12 + n })),
  };
}

/** @param {string | null} from @returns {import("../../src/api/schema").EquityView} */
export const equityPast = (from) => ({
  since: ago(30 * day),
  data: Array.from({ length: 200 }, (_, n) => {
    const equity = 10_000_000_000 + n * 60_000 + Math.round(Math.sin(n / 11) * 9_000_000);
    return {
      at: ago((200 - n) * 300_000),
      equity_usd: decimal(equity),
      net_usd: decimal(equity - 10_000_000_000),
      drawdown_usd: "0",
    };
  }).filter(({ at }) => from === null || Date.parse(at) >= Date.parse(from)),
});

/** @param {readonly import("../../src/api/trading").Order[]} orders @returns {import("../../src/api/trading").LedgerEntry[]} */
export const ledgerOf = (orders) =>
  orders
    .filter(({ matched_shares }) => matched_shares !== "0")
    .flatMap((order, n) =>
      /** @type {const} */ (["final", "provisional"]).map((phase, part) => ({
        id: 5_000 - n * 2 - part,
        at: order.updated_at,
        phase: n % 5 === 4 && part === 0 ? /** @type {const} */ ("reversal") : phase,
        cause: n % 7 === 6 ? /** @type {const} */ ("chain") : /** @type {const} */ ("trade"),
        reference: `trade-${order.number}`,
        strategy: order.strategy,
        condition_id: order.condition_id,
        group_id: null,
        memo: `order ${order.id}`,
        postings: [
          { account: "wallet_settled", asset: "usd", amount: "-6.91769" },
          { account: "wallet_settled", asset: order.token_id, amount: order.matched_shares },
          { account: "wallet_pending", asset: "usd", amount: "6.91769" },
          { account: "wallet_pending", asset: order.token_id, amount: `-${order.matched_shares}` },
        ],
      })),
    );

/** @param {string} name @param {number} count @param {[string, string, number][]} left */
const stage = (name, count, left) => ({
  stage: name,
  count,
  left: left.map(([rule, text, n]) => ({ rule, text, count: n })),
  on: count - left.reduce((sum, [, , n]) => sum + n, 0),
});

/**
 * The funnel of decisions; it adds up.
 * @param {boolean} empty @returns {import("../../src/api/schema").FunnelView}
 */
export function decisionSummary(empty) {
  return {
    from: ago(day),
    to: ago(0),
    stages: empty
      ? []
      : [
          stage("looked_at", 1_240, [
            ["edge_min", "Too little profit is left at this size.", 690],
            ["too_young", "It has not lasted long enough yet.", 101],
            ["cool_down", "Its last trade is too recent.", 60],
            ["score_min", "The score is too low.", 31],
            ["too_old", "Nobody has confirmed it lately.", 12],
            ["size_min", "The allowed size is smaller than the smallest order.", 6],
          ]),
          stage("wished", 340, [
            ["market_usd", "Too much would be in one market.", 240],
            ["not_enough_cash", "The settled cash that is not reserved does not hold it.", 60],
          ]),
          stage("approved", 40, [
            ["unmatched", "Nobody took the other side.", 3],
            ["open", "Still under way.", 1],
          ]),
          stage("traded", 36, []),
        ],
  };
}
