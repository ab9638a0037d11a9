// @ts-check
/** The trading half of the stand-in: a desk with made-up money that follows its commands for real. */
import { decimal } from "./world.mjs";
import { decisionSummary, equityPast, ledgerOf, resultsBy } from "./accounts.mjs";
import { ago, figures, hex, now, page, positionsOf, refusal } from "./desk-parts.mjs";
import { gates, limitRows, orderTexts, strategyNames } from "./desk-words.mjs";
import { previewOf } from "./market.mjs";

/** @typedef {import("../../src/api/trading").Order} Order */
/** @typedef {import("../../src/api/trading").Fill} Fill */
/** @typedef {import("../../src/api/trading").Decision} Decision */
/** @typedef {import("../../src/api/types").Opportunity} Opportunity */
/** @typedef {import("./desk-parts.mjs").Answer} Answer */

export class MockDesk {
  /** No orders are taken from this region. */
  regionBlocked = false;
  /** The next commands are carried out, and their answers lost. */
  loseAnswers = 0;
  /** The next execution is refused by a gate. */
  refuseNext = false;
  /** Whether a halt is proven by reading back at once. */
  proveHalts = true;
  /** What differs from the venue. @type {string[]} */
  differences = [];
  /** Keys of the commands that arrived, in order. @type {string[]} */
  keys = [];
  /** Commands that were carried out. @type {string[]} */
  carriedOut = [];
  /** @type {import("../../src/api/trading").Halt | null} */
  halt = null;
  /** @type {import("../../src/api/trading").Lock[]} */
  locks = [
    {
      id: 3,
      scope: "market",
      of: hex(7),
      reason: "A trade failed to settle here.",
      since: ago(60_000),
      until: new Date(Date.now() + 840_000).toISOString(),
    },
  ];
  /** Settings by strategy. @type {Record<string, Record<string, unknown>>} */
  settings = Object.fromEntries(
    strategyNames.map((name) => [
      name,
      { budget_usd: "2000", edge_usd_min: "0.05", leg_missing_loss_usd_max: "25", size_max: "1000" },
    ]),
  );
  /** @type {Map<string, import("../../src/api/trading").Activity>} */
  activities = new Map([
    ["mint_split", "running"],
    ["arbitrage_long", "running"],
    ["neg_risk_basket", "quarantined"],
  ]);
  /** Newest first. @type {Order[]} */
  orders = [];
  /** @type {Map<string, Fill[]>} */
  fills = new Map();
  /** Newest first. @type {Decision[]} */
  decisions = [];
  /** @type {import("../../src/api/trading").Notice[]} */
  notices = [
    {
      at: ago(95_000),
      code: "quarantined",
      text: "neg_risk_basket failed three times in a row and is in quarantine.",
    },
    { at: ago(400_000), code: "reconciled", text: "Our books agree with the venue and the chain." },
  ];
  #number = 0;
  #net = 12_345_678;
  /** @type {Map<string, {wish: string, answer: Answer}>} */
  #answers = new Map();

  /**
   * @param {ReturnType<typeof import("./world.mjs").chance>} random
   * @param {readonly import("../../src/api/types").Market[]} markets
   * @param {(type: string, data: unknown) => void} send
   */
  constructor(random, markets, send) {
    this.random = random;
    this.markets = markets;
    this.tell = send;
    const states = ["filled", "cancelled", "rejected", "filled", "unmatched", "in_doubt", "filled", "live"];
    states.forEach((state, index) => this.#order(state, (states.length - index) * 47_000));
    for (let n = 0; n < 130; n += 1) this.#decide(null, (130 - n) * 9_000);
  }

  /** @param {string} state @param {number} age_ms @returns {Order} */
  #order(state, age_ms) {
    this.#number += 1;
    const n = this.#number;
    const market = /** @type {import("../../src/api/types").Market} */ (
      this.markets[n % this.markets.length]
    );
    const matched = { filled: 40, cancelled: 12, live: 8 }[state] ?? 0;
    const open = ["in_doubt", "delayed", "live"].includes(state);
    /** @type {Order} */
    const order = {
      id: hex(n + 1_000),
      number: String(n),
      plan_id: String(Math.ceil(n / 2)),
      strategy: strategyNames[n % 3] ?? "mint_split",
      condition_id: market.condition_id,
      title: market.title,
      token_id: `${n}`,
      outcome: n % 2 === 0 ? "Yes" : "No",
      side: n % 3 === 0 ? "sell" : "buy",
      price: decimal((31 + (n % 40)) * 10_000),
      size_shares: "40",
      matched_shares: String(matched),
      lifetime: "FAK",
      expires_at: null,
      post_only: false,
      state,
      state_text: orderTexts[state] ?? state,
      open,
      reason: state === "rejected" ? "the venue says: <b>order crosses book</b> & nothing was matched" : null,
      created_at: ago(age_ms),
      updated_at: ago(age_ms),
    };
    this.orders.unshift(order);
    if (matched > 0) {
      const parts = n % 4 === 0 ? ["failed", "confirmed"] : ["confirmed", "matched"];
      this.fills.set(
        order.id,
        parts.map((fillState, part) => this.#fill(order, part, /** @type {Fill["state"]} */ (fillState))),
      );
    }
    return order;
  }

  /** @param {Order} order @param {number} part @param {Fill["state"]} state @returns {Fill} */
  #fill(order, part, state) {
    return {
      trade_id: `trade-${order.number}-${part}`,
      order_id: order.id,
      strategy: order.strategy,
      condition_id: order.condition_id,
      token_id: order.token_id,
      title: order.title,
      outcome: order.outcome,
      side: order.side,
      size_shares: decimal((Number(order.matched_shares) / 2) * 1_000_000),
      price: order.price,
      value_usd: decimal((Number(order.matched_shares) / 2) * Number(order.price) * 1_000_000),
      fee_usd: "0.0312",
      liquidity: part === 0 ? "taker" : "maker",
      state,
      settled: state === "confirmed",
      at: order.created_at,
      updated_at: now(),
    };
  }

  /** @param {Opportunity | null} it @param {number} age_ms @param {Decision["verdict"]} [verdict] @returns {Decision} */
  #decide(
    it,
    age_ms,
    verdict = this.#number % 4 === 0 ? "approved" : this.#number % 4 === 1 ? "passed" : "refused",
  ) {
    this.#number += 1;
    const rules = ["market_usd", "edge_min", "feed_age", "trades_per_minute"];
    const rule = this.halt !== null ? "halted" : (rules[this.#number % rules.length] ?? "market_usd");
    const all = gates(verdict === "approved" ? null : rule, this.markets[3]?.condition_id ?? null);
    /** @type {Decision} */
    const decision = {
      id: `decision-${this.#number}`,
      at: ago(age_ms),
      opportunity_id: it === null ? (this.#number % 11 === 0 ? null : `opp-${this.#number}`) : it.id,
      strategy: strategyNames[this.#number % 3] ?? "mint_split",
      verdict,
      rule: verdict === "approved" ? null : rule,
      reason: verdict === "approved" ? null : (all.find((gate) => gate.rule === rule)?.text ?? null),
      gates: all,
      signal_id: verdict === "passed" ? null : `mint_split:${this.#number}:1`,
      plan_id: verdict === "approved" ? String(this.#number) : null,
    };
    this.decisions.unshift(decision);
    this.decisions.length = Math.min(this.decisions.length, 400);
    return decision;
  }

  /** Something happens by itself. @param {Opportunity | null} it */
  step(it) {
    this.#net += this.random.int(-20_000, 60_000);
    this.tell("decision", this.#decide(it, 0));
    const order = this.orders.find(({ open }) => open);
    if (this.random.next() < 0.5 && this.orders.length < 60 && this.halt === null && !this.regionBlocked) {
      this.tell("order", this.#order("live", 0));
    } else if (order !== undefined) {
      this.#end(order, "filled");
    }
  }

  /** @param {Order} order @param {string} state */
  #end(order, state) {
    const ended = {
      ...order,
      state,
      state_text: orderTexts[state] ?? state,
      open: false,
      matched_shares: state === "filled" ? order.size_shares : order.matched_shares,
      updated_at: now(),
    };
    this.orders = this.orders.map((it) => (it.id === order.id ? ended : it));
    const told = this.#fill(ended, 0, "matched");
    if (state === "filled") {
      this.fills.set(order.id, [told]);
      this.tell("fill", told);
    }
    this.tell("order", ended);
  }

  #venue() {
    return {
      orders_refused: this.regionBlocked
        ? "The venue does not take orders from where this service runs. Nothing is wrong with the keys."
        : null,
      chain_refused: this.regionBlocked ? "The relayer does not answer." : null,
      user_socket_up: !this.regionBlocked,
      compared_at: ago(4_000),
      differences: this.differences,
    };
  }

  /** @param {boolean} empty @returns {import("../../src/api/trading").Trading} */
  view(empty) {
    return {
      at: now(),
      reconciled: this.differences.length === 0,
      halt: this.halt,
      locks: this.locks,
      cash: { settled_usd: "9812.5", pending_in_usd: "20", pending_out_usd: "4.4375", free_usd: "9808.0625" },
      equity_usd: decimal(10_000_000_000 + this.#net),
      equity_peak_usd: "10025.5",
      reserved_usd: "62.4",
      unrealised_usd: "2.2",
      day_loss_usd: "61.2",
      today: figures(empty ? 0 : Math.floor(this.#net / 3) - 4_500_000),
      total: figures(empty ? 0 : this.#net),
      positions: empty ? [] : positionsOf(this.markets),
      open_orders: empty ? [] : this.orders.filter(({ open }) => open),
      open_plans: empty ? 0 : 2,
      tasks: empty
        ? []
        : [
            {
              number: "3",
              plan_id: "12",
              strategy: "mint_split",
              kind: "split",
              state: "mined",
              amount_shares: "40",
              reference: hex(77),
              created_at: ago(8_000),
            },
          ],
      strategies: this.#standings(),
      venue: this.#venue(),
    };
  }

  #standings() {
    return [...this.activities].map(([name, activity], n) => ({
      name,
      activity,
      budget_usd: n === 0 ? "500" : null,
      figures: figures(Math.floor(this.#net / (n + 2)) - n * 5_000_000),
    }));
  }

  strategies() {
    return this.#standings().map((it, n) =>
      Object.assign(it, {
        settings: { enabled: true, cool_down_ms: 5_000, score_min: 0, ...this.settings[it.name] },
        opportunities_open: n,
        analysed: 12_040 * (n + 1),
        raised: 31 * (3 - n),
        raised_at: n === 2 ? null : ago(40_000 * (n + 1)),
        refusals:
          n === 2
            ? []
            : [{ rule: "edge_min", text: "Too little profit is left at this size.", count: 1_240 }],
      }),
    );
  }

  /** @param {boolean} empty @returns {import("../../src/api/trading").Risk} */
  risk(empty) {
    return {
      at: now(),
      reconciled: this.differences.length === 0,
      halt: this.halt,
      limits: limitRows(hex(4)),
      locks: empty ? [] : this.locks,
      cash_free_usd: "9808.0625",
      equity_usd: decimal(10_000_000_000 + this.#net),
      equity_peak_usd: "10025.5",
      reserved_usd: "62.4",
      day_loss_usd: "61.2",
      open_orders: this.orders.filter(({ open }) => open).length,
      open_plans: 2,
      breaches: { plans: empty ? 0 : 42, breached: 0, amount_usd: "0" },
      venue: this.#venue(),
      notices: empty ? [] : this.notices,
    };
  }

  /** @param {string} path @param {URLSearchParams} query @param {boolean} empty @returns {unknown} */
  read(path, query, empty) {
    if (path === "risk") return this.risk(empty);
    if (path === "strategies") return { data: empty ? [] : this.strategies() };
    const market = query.get("market");
    if (path === "orders") {
      return page(empty ? [] : this.orders.filter((it) => !market || it.condition_id === market), query);
    }
    if (path === "fills") {
      const strategy = query.get("strategy");
      const all = this.orders.flatMap(({ id }) => this.fills.get(id) ?? []);
      const wanted = all.filter(
        (it) => (!market || it.condition_id === market) && (!strategy || it.strategy === strategy),
      );
      return page(empty ? [] : wanted, query);
    }
    if (path === "ledger") {
      const wanted = ledgerOf(this.orders).filter(
        (it) =>
          (!query.get("phase") || it.phase === query.get("phase")) &&
          (!query.get("cause") || it.cause === query.get("cause")),
      );
      return page(empty ? [] : wanted, query);
    }
    if (path === "results") {
      return empty ? { by: "day", data: [] } : resultsBy(query.get("by") ?? "day", this.markets);
    }
    if (path === "equity") return empty ? { data: [], next_cursor: null } : equityPast(query.get("from"));
    if (path === "decisions/summary") return decisionSummary(empty);
    if (path === "decisions") {
      const wanted = this.decisions.filter((it) =>
        /** @type {const} */ ([
          ["verdict", it.verdict],
          ["strategy", it.strategy],
          ["opportunity", it.opportunity_id],
          ["signal", it.signal_id],
        ]).every(([name, value]) => !query.get(name) || query.get(name) === value),
      );
      return page(empty ? [] : wanted, query);
    }
    const one = /^orders\/(0x[0-9a-f]+)$/.exec(path)?.[1];
    const order = this.orders.find(({ id }) => id === one);
    return order === undefined ? null : { ...order, fills: this.fills.get(order.id) ?? [] };
  }

  /**
   * One command; the same key is answered as before and carried out once. Null where there is no such
   * command.
   * @param {string} method @param {string} path @param {string} text @param {string} key
   * @param {(id: string) => Opportunity | undefined} opportunity @returns {Answer | null}
   */
  command(method, path, text, key, opportunity) {
    this.keys.push(key);
    if (key === "") {
      return refusal(400, "idempotency_key_missing", "The header Idempotency-Key is missing.", "Send one.");
    }
    const wish = `${method} ${path} ${text}`;
    const known = this.#answers.get(key);
    if (known !== undefined && known.wish !== wish) {
      return refusal(409, "idempotency_key_reused", "The key was used for something else.", "Use a new one.");
    }
    if (known !== undefined) return known.answer;
    const answer = this.#carryOut(method, path, JSON.parse(text === "" ? "{}" : text), opportunity);
    if (answer === null) return null;
    this.#answers.set(key, { wish, answer });
    if (answer.status < 300) this.carriedOut.push(`${method} ${path}`);
    return answer;
  }

  /** @param {string} method @param {string} path @param {any} body @param {(id: string) => Opportunity | undefined} opportunity @returns {Answer | null} */
  #carryOut(method, path, body, opportunity) {
    if (path === "halt") return this.#halt(body.reason);
    if (path === "resume") {
      this.halt = null;
      return { status: 200, body: this.risk(false) };
    }
    const lock = /^risk\/locks\/(\d+)$/.exec(path)?.[1];
    if (lock !== undefined && method === "DELETE") {
      this.locks = this.locks.filter(({ id }) => String(id) !== lock);
      return { status: 200, body: { locks: this.locks } };
    }
    const [, name, activity] = /^strategies\/([^/]+)\/(pause|resume)$/.exec(path) ?? [];
    if (name !== undefined) {
      this.activities.set(name, activity === "pause" ? "paused" : "running");
      return { status: 200, body: this.strategies().find((it) => it.name === name) };
    }
    const changed = /^strategies\/([^/]+)\/settings$/.exec(path)?.[1];
    if (changed !== undefined && method === "PUT") {
      this.settings[changed] = { ...this.settings[changed], ...body };
      return { status: 200, body: this.strategies().find((it) => it.name === changed) };
    }
    if (path === "execute/order") return this.#place(body);
    if (path === "execute/cancel" || path === "execute/cancel-all") {
      for (const order of this.orders.filter(
        (it) => it.open && (!body.order_id || it.id === body.order_id),
      )) {
        this.#end(order, "cancelled");
      }
      return { status: 202, body: { status: "given", text: "The venue is asked to cancel it." } };
    }
    const executed = /^opportunities\/([^/]+)\/execute$/.exec(path)?.[1];
    return executed === undefined ? null : this.#execute(decodeURIComponent(executed), opportunity);
  }

  /** What an order would do; nothing is ordered. @param {string} text @returns {Answer} */
  preview(text) {
    const body = JSON.parse(text === "" ? "{}" : text);
    const market = this.markets.find(({ condition_id }) => condition_id === body.condition_id);
    if (market === undefined) return refusal(404, "not_found", "No such market is known.", "Choose another.");
    if (Math.round(Number(body.price) * 1e6) % 10_000 !== 0) {
      const detail = `${body.price} is not a multiple of this market's tick ${market.tick_size}.`;
      return refusal(422, "price_off_tick", detail, "Use one of the nearest prices.", { value: body.price });
    }
    const refusing = this.halt !== null ? "halted" : this.refuseNext ? "market_usd" : null;
    return { status: 200, body: previewOf(market, body, refusing) };
  }

  /** @param {any} body @returns {Answer} */
  #place(body) {
    const decision = this.#decide(null, 0, "approved");
    const order = { ...this.#order("live", 0), ...body, id: hex(9_000 + this.#number) };
    this.orders[0] = order;
    this.tell("order", order);
    const { signal_id, plan_id } = decision;
    return { status: 202, body: { status: "approved", signal_id, plan_id, decision, orders: [order] } };
  }

  /** @param {string} reason @returns {Answer} */
  #halt(reason) {
    const since = now();
    this.halt = { cause: "operator", text: reason, since, proven_at: null };
    this.notices.unshift({ at: since, code: "halted", text: `Trading was halted: ${reason}` });
    this.tell("notice", this.notices[0]);
    for (const order of this.orders.filter(({ open }) => open)) this.#end(order, "cancelled");
    if (this.proveHalts) setTimeout(() => this.prove(), 700);
    return { status: 200, body: this.risk(false) };
  }

  /** The venue was read back after the halt. */
  prove() {
    if (this.halt !== null) this.halt = { ...this.halt, proven_at: now() };
  }

  /** @param {string} id @param {(id: string) => Opportunity | undefined} opportunity @returns {Answer} */
  #execute(id, opportunity) {
    const it = opportunity(id);
    if (it === undefined) {
      return refusal(
        410,
        "opportunity_over",
        "The opportunity is over.",
        "Look at the list for what is open now.",
      );
    }
    const refused = this.refuseNext || this.halt !== null;
    this.refuseNext = false;
    const decision = this.#decide(it, 0, refused ? "refused" : "approved");
    this.tell("decision", decision);
    if (refused) {
      return refusal(409, "risk_refused", "A gate of the risk manager refused it.", "See the gates.", {
        gates: decision.gates,
        signal_id: decision.signal_id,
      });
    }
    const order = this.#order("live", 0);
    this.tell("order", order);
    return {
      status: 202,
      body: {
        status: "approved",
        signal_id: decision.signal_id,
        plan_id: decision.plan_id,
        decision,
        orders: [order],
      },
    };
  }
}
