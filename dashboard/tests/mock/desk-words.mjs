// @ts-check
/** The words and figures of the stand-in's desk. */

export const strategyNames = ["mint_split", "arbitrage_long", "neg_risk_basket"];

/** @type {Record<string, string>} */
export const orderTexts = {
  in_doubt: "Sent, but not heard of yet.",
  delayed: "Held back by the venue for a moment.",
  live: "Resting at the venue.",
  filled: "Filled.",
  cancelled: "Cancelled; what was matched stays.",
  rejected: "Refused by the venue; it never existed.",
  unmatched: "It found nobody.",
};

/** @typedef {import("../../src/api/trading").Gate} Gate */

/** @type {[string, string, import("../../src/api/trading").GateUnit, string, string, string][]} */
const rules = [
  [
    "halted",
    "Trading is halted; resume it to trade again.",
    "text",
    "trading",
    "not halted",
    "halted by operator",
  ],
  ["expired", "The signal came too late.", "ms", "-1840", "0", "20"],
  ["feed_age", "The feed has not confirmed the books lately.", "ms", "212", "3000", "3412"],
  ["price_min", "A price is below the allowed band.", "price", "0.31", "0.01", "0.005"],
  ["order_usd", "One order would be worth too much.", "usd", "14.2", "500", "612.25"],
  ["market_usd", "Too much would be in one market.", "usd", "212.4", "1000", "1200.000001"],
  ["total_usd", "Too much would be at risk in total.", "usd", "1812", "10000", "10012"],
  [
    "not_enough_cash",
    "The settled cash that is not reserved does not hold it.",
    "usd",
    "14.2",
    "9808.0625",
    "9900",
  ],
  ["trades_per_minute", "Too many trades within one minute.", "count", "3", "10", "11"],
  ["day_loss", "Too much was lost today, or could be.", "usd", "61.2", "500", "512"],
  ["edge_min", "Too little profit is left at this size.", "usd", "0.41", "0.05", "0.012"],
];

/** Every gate; the one of `refusing` says no. @param {string | null} refusing @param {string | null} about @returns {Gate[]} */
export const gates = (refusing, about) =>
  rules.map(([rule, text, unit, value, limit, refused]) => ({
    rule,
    text,
    unit,
    verdict: rule === refusing ? "refused" : "passed",
    value: rule === refusing ? refused : value,
    limit,
    about: rule === "market_usd" ? about : null,
  }));

/** @param {string} about @returns {import("../../src/api/trading").Limit[]} */
export const limitRows = (about) => [
  {
    name: "market_usd_max",
    unit: "usd",
    text: "The most dollars in one market.",
    limit: "1000",
    used: "840.5",
    about,
  },
  {
    name: "group_usd_max",
    unit: "usd",
    text: "The most dollars in one group.",
    limit: "2000",
    used: "840.5",
    about,
  },
  {
    name: "total_usd_max",
    unit: "usd",
    text: "The most dollars in all markets.",
    limit: "10000",
    used: "1812.25",
    about: null,
  },
  {
    name: "order_usd_max",
    unit: "usd",
    text: "The most that one order is worth.",
    limit: "500",
    used: null,
    about: null,
  },
  {
    name: "trades_per_minute_max",
    unit: "count",
    text: "The most trades within 60 s.",
    limit: "10",
    used: "3",
    about: null,
  },
  {
    name: "day_loss_usd_max",
    unit: "usd",
    text: "The most dollars lost in a day (UTC).",
    limit: "500",
    used: "61.2",
    about: null,
  },
  {
    name: "drawdown_usd_max",
    unit: "usd",
    text: "The most below the peak.",
    limit: "1000",
    used: "13.15",
    about: null,
  },
  {
    name: "leg_missing_loss_usd_max",
    unit: "usd",
    text: "With one leg missing.",
    limit: "50",
    used: null,
    about: null,
  },
  {
    name: "floor_loss_usd_max",
    unit: "usd",
    text: "At the very worst.",
    limit: "1000",
    used: null,
    about: null,
  },
  {
    name: "open_orders_max",
    unit: "count",
    text: "The most orders open at once.",
    limit: "50",
    used: "2",
    about: null,
  },
  {
    name: "open_plans_max",
    unit: "count",
    text: "The most plans open at once.",
    limit: "20",
    used: "2",
    about: null,
  },
  {
    name: "consecutive_errors_max",
    unit: "count",
    text: "So many errors in a row stop trading.",
    limit: "5",
    used: "5",
    about: null,
  },
  { name: "feed_age_ms_max", unit: "ms", text: "The oldest book.", limit: "3000", used: null, about: null },
  { name: "price_min", unit: "price", text: "The lowest price.", limit: "0.01", used: null, about: null },
  { name: "price_max", unit: "price", text: "The highest price.", limit: "0.99", used: null, about: null },
  {
    name: "ends_within_ms_min",
    unit: "ms",
    text: "The shortest time to the end.",
    limit: "600000",
    used: null,
    about: null,
  },
];
