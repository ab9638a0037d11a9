// @ts-check
/** The whales of the stand-in: made-up trades of made-up wallets, their grades and records. */
import { page } from "./desk-parts.mjs";
import { decimal } from "./world.mjs";

/** @typedef {import("../../src/api/whales").Whale} Whale */
/** @typedef {import("../../src/api/whales").Grade} Grade */
/** @typedef {import("../../src/api/whales").ClassRecord} ClassRecord */

/** @param {number} ms */
const ago = (ms) => new Date(Date.now() - ms).toISOString();
/** @param {number} number @param {number} [words] */
const hex = (number, words = 5) => `0x${number.toString(16).padStart(8, "0").repeat(words)}`;
const hour = 3_600_000;
const horizons = /** @type {const} */ ([
  ["one_hour", hour],
  ["one_day", 24 * hour],
  ["settlement", null],
]);

/** @param {number} born @param {number} age_ms @returns {Grade[]} */
const grades = (born, age_ms) =>
  horizons.map(([horizon, after]) => {
    const due = after === null ? null : new Date(Date.now() - age_ms + after).toISOString();
    const missed = born % 9 === 4 && horizon === "one_hour";
    const over = after === null ? age_ms > 40 * hour : age_ms > after;
    if (!over || missed) {
      return {
        horizon,
        state: missed && over ? "missed" : "waiting",
        due_at: due,
        graded_at: null,
        mark: null,
        profit_usd_per_share: null,
        return: null,
        hit: null,
      };
    }
    const gain = ((born * 37) % 61) - 34;
    return {
      horizon,
      state: "graded",
      due_at: due,
      graded_at: due ?? ago(0),
      mark: decimal(640_000 + gain * 5_000),
      profit_usd_per_share: decimal(gain * 4_000),
      return: decimal(gain * 7_500),
      hit: gain > 0,
    };
  });

export class MockWhales {
  /** The trade feed says nothing. */
  silent = false;
  /** Whales seen. Newest first. @type {Whale[]} */
  list = [];
  #born = 0;
  #heard = Date.now();

  /**
   * @param {ReturnType<typeof import("./world.mjs").chance>} random
   * @param {readonly import("../../src/api/types").Market[]} markets
   * @param {(type: string, data: unknown) => void} send
   */
  constructor(random, markets, send) {
    this.random = random;
    this.markets = markets;
    this.tell = send;
    for (let n = 0; n < 140; n += 1) this.#see((140 - n) * 1_500_000);
  }

  /** @param {number} age_ms */
  #see(age_ms) {
    this.#born += 1;
    const born = this.#born;
    const market = this.markets[born % this.markets.length];
    const kind = born % 3 === 0 ? "accumulation" : "large_print";
    const fresh = born % 5 === 0 ? true : born % 5 === 1 ? null : false;
    const price = this.random.int(60, 940);
    const value = this.random.int(10_000, born % 7 === 0 ? 900_000 : 60_000);
    /** @type {Whale} */
    const whale = {
      id: `whale-${born}`,
      kind,
      class: fresh === true ? `fresh_${kind}` : kind,
      fresh,
      at: ago(age_ms),
      first_at: ago(age_ms + (kind === "accumulation" ? 900_000 : 0)),
      last_at: ago(age_ms),
      prints: kind === "accumulation" ? this.random.int(3, 14) : 1,
      condition_id: market?.condition_id ?? "",
      token_id: String(born),
      title: market?.title ?? "",
      slug: market?.slug ?? "",
      event_slug: "",
      outcome: born % 2 === 0 ? "Yes" : "No",
      side: born % 4 === 3 ? "sell" : "buy",
      entry_price: decimal(price * 1_000),
      size_shares: decimal(Math.floor((value / price) * 1_000) * 1_000_000),
      value_usd: decimal(value * 1_000_000 + 123_456),
      wallet: born % 13 === 12 ? null : hex(born % 17 === 0 ? 17 : born + 4_000),
      grades: grades(born, age_ms),
    };
    this.list.unshift(whale);
    this.list.length = Math.min(this.list.length, 300);
    return whale;
  }

  /** Something happens by itself. */
  step() {
    if (this.silent) return;
    this.#heard = Date.now();
    const whale = this.#see(0);
    this.tell("whale_trade", {
      market: whale.title,
      side: whale.outcome.toUpperCase(),
      amount: Number(whale.value_usd),
      price: Number(whale.entry_price),
      timestamp: whale.at,
      action: whale.side,
      outcome: whale.outcome,
      condition_id: whale.condition_id,
      wallet: whale.wallet,
      kind: whale.kind,
      fresh: whale.fresh,
      id: whale.id,
      prints: whale.prints,
      event_slug: null,
    });
  }

  /** @returns {import("../../src/api/types").TradeFeed} */
  feed() {
    return {
      state: this.silent ? "silent" : "live",
      last_data_at: new Date(this.#heard).toISOString(),
      complete_to: ago(20_000),
      prints: 48_211 + this.#born * 31,
      told: 912 + this.#born,
      whales: this.#born,
      small: 41_020,
      decided: 2_311,
      hidden: 3_937,
      refused: 0,
      backfills: 2,
      filled: 417,
      reconnects: 1,
      last_error: this.silent ? "The connection sent nothing for 45 s; it is opened anew." : null,
    };
  }

  /** @param {Whale} whale @returns {import("../../src/api/whales").WhaleDetail} */
  #detail(whale) {
    const fetched = Number(whale.id.slice("whale-".length)) % 4 !== 0;
    const share = Number(whale.value_usd) / whale.prints;
    return {
      ...whale,
      trades: Array.from({ length: whale.prints }, (_, n) => ({
        id: `${whale.id}-${n}`,
        at: new Date(Date.parse(whale.last_at) - n * 60_000).toISOString(),
        condition_id: whale.condition_id,
        token_id: whale.token_id,
        title: whale.title,
        slug: whale.slug,
        outcome: whale.outcome,
        side: whale.side,
        source: "live",
        wallet: whale.wallet,
        price: whale.entry_price,
        size_shares: decimal((Number(whale.size_shares) / whale.prints) * 1_000_000),
        value_usd: decimal(share * 1_000_000),
        transaction: n % 4 === 3 ? null : hex(n + 99, 8),
      })),
      profile:
        whale.wallet === null
          ? null
          : {
              address: whale.wallet,
              first_seen_at: fetched ? ago(12 * 24 * hour) : null,
              age_days: fetched ? 12 : null,
              fresh: whale.fresh,
              settled_cost_usd: "0",
              trades_usd: whale.value_usd,
              positions_open: fetched ? 3 : 0,
              positions_settled: fetched ? 40 : 0,
              wins: fetched ? 22 : 0,
              win_rate: fetched ? "0.55" : null,
              win_rate_low: fetched ? "0.398" : null,
              win_rate_high: fetched ? "0.692" : null,
              volume_usd: fetched ? "812345.5" : "0",
              profit_usd: fetched ? "-12044.129" : "0",
              partial: fetched,
              fetched_at: fetched ? ago(90_000) : null,
              whales: 7,
            },
    };
  }

  /** @param {boolean} empty */
  #record(empty) {
    const classes = /** @type {const} */ ([
      "large_print",
      "accumulation",
      "fresh_large_print",
      "fresh_accumulation",
    ]);
    return {
      markets_min: 30,
      classes: classes.flatMap((name, row) =>
        horizons.map(([horizon], column) => this.#recordRow(name, horizon, empty ? 9 : row * 3 + column)),
      ),
      missed: empty ? 0 : 3,
      waiting: empty ? 0 : 212,
    };
  }

  /** @param {import("../../src/api/whales").WhaleClass} name @param {import("../../src/api/whales").Horizon} horizon @param {number} n @returns {ClassRecord} */
  #recordRow(name, horizon, n) {
    const verdict = n === 0 ? "costs" : n < 4 ? "no_sign" : "not_enough";
    const markets = n > 8 ? 0 : verdict === "not_enough" ? 17 - n : 60 - n;
    const known = markets > 0;
    return {
      class: name,
      horizon,
      events: markets * 2,
      markets,
      hits: markets,
      hit_rate: known ? "0.4812" : null,
      hit_rate_low: known ? "0.36" : null,
      hit_rate_high: known ? "0.604" : null,
      mean_return: known ? "-0.0213" : null,
      mean_return_low: known ? "-0.0541" : null,
      mean_return_high: known ? (n === 0 ? "-0.0021" : "0.0114") : null,
      verdict,
      words:
        verdict === "not_enough"
          ? `Not enough: ${markets} of 30 markets.`
          : verdict === "costs"
            ? "Following these cost money."
            : "The interval holds zero: no sign of skill.",
    };
  }

  /** @param {string} path @param {URLSearchParams} query @param {boolean} empty @returns {unknown} */
  read(path, query, empty) {
    if (path === "whales/record") return this.#record(empty);
    if (path === "whales") {
      const wanted = this.list.filter(
        (it) =>
          /** @type {const} */ ([
            ["kind", it.kind],
            ["class", it.class],
            ["wallet", it.wallet],
            ["market", it.condition_id],
          ]).every(([name, value]) => !query.get(name) || query.get(name) === value) &&
          Number(it.value_usd) >= Number(query.get("usd_min") ?? 0),
      );
      return page(empty ? [] : wanted, query);
    }
    const one = /^whales\/([^/]+)$/.exec(path)?.[1];
    const whale = this.list.find(({ id }) => id === one);
    return whale === undefined ? null : this.#detail(whale);
  }
}
