// @ts-check
/** A made-up service state with seeded chance. Amounts are counted in micros and written as decimals. */

/** @typedef {import("../../src/api/types").Opportunity} Opportunity */
/** @typedef {import("../../src/api/types").Market} Market */
/** @typedef {import("../../src/api/types").Leg} Leg */
/** @typedef {import("../../src/api/types").ActorNode} ActorNode */

/** @param {number} seed */
export function chance(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    /** @param {number} low @param {number} high */
    int: (low, high) => low + Math.floor(next() * (high - low + 1)),
    /** @template T @param {readonly T[]} list @returns {T} */
    pick: (list) => /** @type {T} */ (list[Math.floor(next() * list.length)]),
  };
}

/** @param {number} micros */
export function decimal(micros) {
  const sign = micros < 0 ? "-" : "";
  const digits = String(Math.abs(Math.round(micros))).padStart(7, "0");
  const fraction = digits.slice(-6).replace(/0+$/, "");
  return `${sign}${digits.slice(0, -6)}${fraction === "" ? "" : `.${fraction}`}`;
}

const subjects = [
  "Will the Fed cut rates in March?",
  "Will Artemis III land before 2028?",
  "Will the Danish krone peg hold through the year?",
  "Will a named storm make landfall in Florida in June?",
  "Will the Lisbon mayor be re-elected?",
  "Will the next pope be European?",
  "Will global sea ice set a new low this year?",
  "Will the strike at the port of Rotterdam end this week?",
  "Will the film of the year be in a language other than English?",
  "Will the committee publish its report before the recess, and will it name a minister in the summary?",
  "<img src=x onerror=\"document.title='owned'\"><b>Will markup be shown as text?</b>",
];

const groups = [
  "Who wins the 2028 nomination?",
  "Largest company at year end",
  "Next head of the central bank",
];
const kinds = /** @type {const} */ ([
  "parity_long",
  "parity_short",
  "neg_risk_long",
  "neg_risk_short",
  "neg_risk_convert",
]);

/** @param {number} number */
const hex = (number) => `0x${number.toString(16).padStart(8, "0").repeat(8)}`;

/** @param {ReturnType<typeof chance>} random @param {number} index @returns {Market} */
export function makeMarket(random, index) {
  const bid = random.int(2, 95);
  const ask = Math.min(99, bid + random.int(1, 3));
  const trust = random.pick(
    /** @type {const} */ ([
      "trusted",
      "trusted",
      "trusted",
      "trusted",
      "suspect",
      "stale",
      "waiting",
      "unwatched",
    ]),
  );
  const grouped = index % 4 === 3;
  const open = trust !== "waiting" && trust !== "unwatched";
  /** @param {string} name @param {number} from @param {number} to */
  const outcome = (name, from, to) => ({
    token_id: `${index}${name}`,
    name,
    best_bid: open ? decimal(from * 10_000) : null,
    best_ask: open ? decimal(to * 10_000) : null,
    trust,
    trust_cause: trust === "suspect" ? "hash differs from the venue's" : null,
    epoch: random.int(1, 9),
    age_ms: open ? random.int(5, 900) : null,
  });
  const market = {
    condition_id: hex(index + 1),
    slug: `market-${index}`,
    title: `${subjects[index % subjects.length]}${index >= subjects.length ? ` (${index})` : ""}`,
    group: grouped
      ? {
          id: hex(900 + (index % 3)),
          title: groups[index % 3] ?? "",
          neg_risk: true,
          augmented: index % 8 === 7,
        }
      : null,
    outcomes: [outcome("Yes", bid, ask), outcome("No", 100 - ask, 100 - bid)],
    state: /** @type {"paused" | "open"} */ (index % 23 === 22 ? "paused" : "open"),
    volume_24h: decimal(random.int(1_000_000, 2_000_000_000) * 100),
    liquidity: decimal(random.int(1_000, 90_000) * 1_000_000),
    ends_at:
      index % 9 === 8 ? null : new Date(Date.now() + random.int(3_600, 20_000_000) * 1_000).toISOString(),
    tick_size: index % 5 === 4 ? "0.001" : "0.01",
    order_size_min: "5",
    fee: index % 6 === 5 ? null : { rate: random.pick(["0", "0.03", "0.04"]), exponent: 1 },
    why:
      trust === "trusted"
        ? { code: "no_edge", text: "The prices do not contradict each other." }
        : { code: trust, text: "A book has not arrived yet." },
  };
  return Object.assign(market, { event_slug: grouped ? `event-${index % 3}` : null });
}

/** @param {ReturnType<typeof chance>} random @param {number} index @param {readonly Market[]} markets @returns {Opportunity} */
export function makeOpportunity(random, index, markets) {
  const kind = kinds[index % kinds.length] ?? "parity_long";
  const parity = kind.startsWith("parity");
  const market = random.pick(markets);
  const size = random.int(8_000_000, 900_000_000);
  const edge = random.int(2_000, 24_000);
  const gross = Math.floor((size / 1e6) * edge);
  const fees = Math.floor(gross * 0.3);
  const chain = 21_300;
  const now = new Date().toISOString();
  const count = parity ? 2 : random.int(3, 7);
  const buys = kind !== "parity_short" && kind !== "neg_risk_short";
  /** @type {Leg[]} */
  const legs = Array.from({ length: count }, (_, leg) => ({
    token_id: `${index}-${leg}`,
    condition_id: market.condition_id,
    title: parity ? market.title : `Candidate ${String.fromCharCode(65 + leg)}`,
    outcome: parity ? (leg === 0 ? "Yes" : "No") : kind === "neg_risk_convert" ? "No" : "Yes",
    side: buys ? "buy" : "sell",
    size: decimal(size),
    limit_price: decimal(Math.floor(980_000 / count / 1_000) * 1_000),
    average_price: decimal(Math.floor(975_400 / count)),
    levels: random.int(1, 4),
    amount: decimal(Math.floor((size * 0.975) / count)),
    fee: decimal(Math.floor(fees / count)),
    epoch: random.int(1, 9),
    age_ms: random.int(2, 400),
  }));
  const part = () => random.int(20, 98);
  return {
    id: `opp-${index}`,
    kind,
    state: "open",
    title: parity ? market.title : (groups[index % 3] ?? ""),
    condition_id: parity ? market.condition_id : null,
    group_id: parity ? null : hex(index + 99),
    found_at: now,
    seen_at: now,
    closed_at: null,
    closed_reason: null,
    size: decimal(size),
    edge: decimal(Math.floor(((gross - fees - chain) / size) * 1e6)),
    gross: decimal(gross),
    fees: decimal(fees),
    chain_cost: decimal(chain),
    net: decimal(gross - fees - chain),
    capital: decimal(Math.floor(size * 0.98)),
    lockup_seconds: index % 5 === 4 ? null : random.int(60, 9_000_000),
    annualised_return_bips: index % 5 === 4 ? null : random.int(300, 1_400_000),
    score: {
      total: part(),
      deviation: part(),
      liquidity: part(),
      fees: part(),
      slippage: part(),
      time: part(),
    },
    legs,
    actions: buys
      ? [
          {
            kind: kind === "neg_risk_convert" ? "convert" : "merge",
            amount: decimal(size),
            cost: decimal(chain),
          },
        ]
      : [{ kind: "split", amount: decimal(size), cost: decimal(chain) }],
  };
}

/** @param {string} name @param {ActorNode[]} [children] @returns {ActorNode} */
function actor(name, children = []) {
  return {
    name,
    role: children.length > 0 ? "supervisor" : "worker",
    status: "up",
    degraded: null,
    incarnation: 1,
    restarts: 0,
    last_exit: null,
    handling: null,
    queue: {
      depth: 0,
      handled: 0,
      rejected_full: 0,
      rejected_down: 0,
      conflated: 0,
      expired: 0,
      purged: 0,
      lost_in_handler: 0,
    },
    children,
  };
}

export const makeTree = () =>
  actor("root", [
    actor("storage", [actor("store-writer")]),
    actor("market-data", [
      actor("market-collector"),
      actor("price-collector"),
      actor("feeds", [actor("feed-0"), actor("feed-1"), actor("feed-2")]),
      actor("books"),
      actor("detector"),
    ]),
    actor("front", [actor("publisher"), actor("http")]),
  ]);

/** @param {ActorNode} node @param {(node: ActorNode) => void} visit */
export function eachActor(node, visit) {
  visit(node);
  for (const child of node.children) eachActor(child, visit);
}

export const funnelReasons = () => [
  { code: "not_open", text: "The market takes no orders.", count: 0 },
  {
    code: "augmented",
    text: 'The group has an open "Other", so the listed sum is not complete.',
    count: 410,
  },
  { code: "waiting", text: "A book has not arrived yet.", count: 122 },
  { code: "stale", text: "A book is too old, or its connection is silent.", count: 61 },
  { code: "suspect", text: "A book contradicts itself and is being reloaded.", count: 17 },
  { code: "skewed", text: "The two books were stated at different moments.", count: 1_204 },
  { code: "one_sided", text: "There is nobody to trade with on one side.", count: 530 },
  { code: "fee_unknown", text: "The fee is not known.", count: 48 },
  { code: "no_edge", text: "The prices do not contradict each other.", count: 48_311 },
  { code: "below_threshold", text: "The contradiction is smaller than the threshold.", count: 902 },
  { code: "eaten_by_fees", text: "Fees take all of it.", count: 77 },
  { code: "eaten_by_chain_cost", text: "The on-chain cost takes all of it.", count: 9 },
  { code: "below_order_min", text: "The depth does not hold the smallest order.", count: 0 },
];
