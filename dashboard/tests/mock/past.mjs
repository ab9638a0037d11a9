// @ts-check
/** A recorded session of ten minutes, made up: an opportunity every twenty seconds, and what came of it. */

const kinds = [
  "opened",
  "changed",
  "closed",
  "raised",
  "passed",
  "approved",
  "refused",
  "ordered",
  "filled",
  "halted",
  "resumed",
  "noted",
];
const lengthMs = 600_000;

/** @typedef {import("../../src/api/past").PastRow} Row */

const level = (/** @type {number} */ cents, /** @type {string | null} */ taken) => ({
  price: (cents / 100).toFixed(2),
  size_shares: String(40 + cents),
  taken_shares: taken,
});

const link = (/** @type {Row} */ decision) => ({
  by: decision.names[0] ?? { kind: "order", id: "1" },
  decision,
});

export class MockPast {
  #from = Date.parse("2026-11-21T09:00:00.000Z");
  /** @type {Row[]} */
  rows = [];
  /** @type {import("../../src/api/past").Session[]} */
  sessions;

  constructor() {
    for (let n = 0; n < 30; n += 1) this.#story(n);
    this.rows.sort((a, b) => a.record - b.record);
    const of = { bytes: 4_200_000, records: 9_000, why_not_comparable: null, version: "0.1.0" };
    this.sessions = [
      {
        ...of,
        id: "001795251600-demo",
        from: this.at(0),
        to: this.at(lengthMs),
        mode: "demo",
        decisions: this.rows.length,
        state: "over",
        why_unreadable: null,
      },
      {
        ...of,
        id: "001795000000-paper",
        from: null,
        to: null,
        mode: null,
        decisions: 0,
        state: "over",
        why_unreadable: "the session was recorded by an older version",
      },
    ];
  }

  /** @param {number} ms */
  at(ms) {
    return new Date(this.#from + ms).toISOString();
  }

  /** @param {number} n */
  #story(n) {
    const opportunity = { kind: "opportunity", id: `parity_long:0x${n}:${n}` };
    const signal = { kind: "signal", id: `mint_split:${n}` };
    const plan = { kind: "plan", id: String(n) };
    const order = { kind: "order", id: String(n) };
    /** @type {[string, import("../../src/api/past").PastKind, string, { kind: string, id: string }[]][]} */
    const steps = [
      ["detector", "opened", `opened parity_long net ${n}.25`, [opportunity]],
      ["mint_split", "raised", `raised mint_split:${n}`, [opportunity, signal]],
      ["desk", n % 5 === 4 ? "refused" : "approved", `decided mint_split:${n}`, [opportunity, signal, plan]],
      ["desk", "ordered", `post order ${n}`, [plan, order]],
      ["desk", n === 20 ? "halted" : "filled", "trade_seen", [order]],
    ];
    for (const [place, [who, kind, text, names]] of steps.entries()) {
      const record = 100 + n * 200 + place * 10;
      const at = this.at(5_000 + n * 20_000 + place * 120);
      this.rows.push({ record, at, who, kind, text, names, places: [] });
    }
  }

  /** @param {URL} url @returns {{ status: number, body: unknown } | null} */
  answer(url) {
    const [, session, what, record] =
      /^\/api\/v1\/sessions\/?([^/]*)\/?([a-z]*)\/?(.*)$/.exec(url.pathname) ?? [];
    if (session === undefined) return null;
    if (session === "") return { status: 200, body: { data: this.sessions, next_cursor: null } };
    const ask = url.searchParams;
    if (what === "timeline") return { status: 200, body: this.#timeline() };
    if (what === "moment") return { status: 200, body: this.#moment(ask.get("at") ?? "", false) };
    if (what === "decisions" && record === "") return { status: 200, body: this.#page(ask) };
    const row = this.rows.find((one) => String(one.record) === record);
    return row === undefined ? null : { status: 200, body: this.#decision(row) };
  }

  #timeline() {
    const buckets = Array.from({ length: 600 }, (_, second) => {
      const inside = this.rows.filter(
        ({ at }) => Math.floor((Date.parse(at) - this.#from) / 1_000) === second,
      );
      const counts = kinds.map((kind) => inside.filter((row) => row.kind === kind).length);
      return [180 + ((second * 37) % 60), ...counts];
    });
    return {
      from: this.at(0),
      to: this.at(lengthMs),
      bucket_ms: 1_000,
      counted: ["frames", ...kinds],
      buckets,
    };
  }

  /** @param {URLSearchParams} ask */
  #page(ask) {
    const [from, to] = [ask.get("from"), ask.get("to")];
    const [who, kind] = [ask.get("who") ?? "", ask.get("kind") ?? ""];
    const fits = this.rows.filter(
      (row) =>
        (from === null || row.at >= from) &&
        (to === null || row.at < to) &&
        (who === "" || row.who === who) &&
        (kind === "" || row.kind === kind),
    );
    if (ask.get("order") !== "asc") fits.reverse();
    return { data: fits.slice(0, Number(ask.get("limit") ?? 100)), next_cursor: null };
  }

  /** @param {string} at @param {boolean} books @returns {import("../../src/api/past").PastMoment} */
  #moment(at, books) {
    const ladder = (/** @type {string} */ outcome, /** @type {number} */ ask) => ({
      token_id: `7000${ask}`,
      condition_id: `0x${"5f".repeat(32)}`,
      title: "Will it rain tomorrow?",
      outcome,
      trust: /** @type {const} */ ("trusted"),
      is_as_looked_at: true,
      stated_at: at,
      age_ms: 42,
      frame: { record: 97, at, feed: 0 },
      takes: "buy",
      bids: [level(ask - 2, null), level(ask - 3, null)],
      asks: [level(ask, "25"), level(ask + 1, "10"), level(ask + 2, null)],
    });
    const before = this.rows.findLast((row) => row.at <= at) ?? null;
    const behind = this.rows.find((row) => row.at > at) ?? null;
    return {
      at,
      record: 98,
      ladders: books ? [ladder("Yes", 46), ladder("No", 51)] : [],
      feeds: [
        { feed: 0, at, age_ms: 12 },
        { feed: 1, at, age_ms: 340 },
      ],
      standing: {
        at: new Date(Date.parse(at) - 4_000).toISOString(),
        halt: null,
        cash_usd: "950.25",
        equity_usd: "1003.5",
        reserved_usd: "12",
        limits: [
          { name: "total_usd_max", unit: "usd", limit: "500", used: "62.5" },
          { name: "day_loss_usd_max", unit: "usd", limit: "50", used: "1.25" },
          { name: "open_orders_max", unit: "count", limit: "20", used: "2" },
        ],
        strategies: [],
        held: [],
        held_more: 3,
      },
      before,
      behind,
    };
  }

  /** @param {Row} row */
  #decision(row) {
    const story = this.rows.filter((one) => Math.floor(one.record / 200) === Math.floor(row.record / 200));
    /** @type {import("../../src/api/trading").Gate} */
    const passed = {
      rule: "market_usd",
      text: "Too much would be in one market.",
      verdict: "passed",
      unit: "usd",
      value: "12.5",
      limit: "250",
      about: null,
    };
    /** @type {import("../../src/api/trading").Gate} */
    const refused = { ...passed, rule: "order_usd", verdict: "refused", value: "120", limit: "100" };
    const gates = row.kind === "refused" ? [passed, refused] : [passed];
    const is_judged = row.kind !== "opened" && row.kind !== "filled";
    return {
      decision: row,
      opportunities:
        row.kind === "opened" || row.kind === "raised"
          ? [
              {
                id: row.names[0]?.id ?? "",
                kind: "parity_long",
                title: "Will it rain tomorrow?",
                size_shares: "35",
                gross_usd: "1.05",
                fees_usd: "0.3",
                chain_cost_usd: "0.02",
                net_usd: "0.73",
                capital_usd: "33.95",
                score: 71,
                legs: [],
              },
            ]
          : [],
      judged: is_judged ? [{ of: row.names[1]?.id ?? "", verdict: row.kind, gates }] : [],
      orders: [],
      events: row.who === "desk" ? [{ kind: "order_intended", text: "order 7, plan 3" }] : [],
      notices: [],
      prices: [{ of: "700046", bid: "0.44", ask: "0.46" }],
      view_number: 12,
      causes: story.filter((one) => one.record < row.record).map(link),
      effects: story.filter((one) => one.record > row.record).map(link),
      moment: this.#moment(row.at, true),
    };
  }
}
