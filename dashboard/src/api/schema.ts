/* Written by scripts/api-types.mjs from openapi.json; not to be changed by hand. */

/** What is accepted. */
export type AcceptBody = {
  /** `owner`: put in or taken out, no result. `result`: earned or lost. Not for an order. */
  booked_as?: "owner" | "result" | null;
  /** What the wallet holds, as the difference states it; not for an order. */
  there?: string | null;
  /** `usd`, the token of shares, or the id of an order that was made elsewhere. */
  what: string;
  /** Why, for whoever reads the ledger: at most 200 characters are kept. */
  why: string;
};

/** A wish that was taken. */
export type AcceptedView = {
  decision: DecisionView | null;
  /** The orders that were sent by now. */
  orders: OrderView[];
  /** The plan that carries it out. */
  plan_id: string | null;
  /** The wish: its decision can be read by it. */
  signal_id: string;
  /** `approved`, or `pending` where there is no decision yet. */
  status: string;
};

/** One on-chain action of an opportunity. */
export type ActionView = {
  /** Sets, in shares. */
  amount: string;
  /** What the transaction costs, dollars. */
  cost: string;
  /** `split`, `merge`, `convert` or `redeem`. */
  kind: string;
};

/** The market that an alert is about. */
export type AlertMarketView = {
  /** The venue's key. */
  condition_id: string;
  /** The question, or the group's title. Text from outside. */
  title: string;
};

/** What people were told. */
export type AlertView = {
  /** When it came about, RFC 3339. */
  at: string;
  /** One a channel that it was for; none where every channel was told too much just then. */
  deliveries: DeliveryView[];
  /** Its key. */
  id: string;
  /** `whale`, `opportunity`, `forecast`, `trade`, `risk`, `reconciliation`, `feed`, `service` or `test`. */
  kind: string;
  market: AlertMarketView | null;
  /** `info`, `warning` or `critical`. */
  severity: string;
  /** How much money it is about, in dollars; null where it is about none. */
  size_usd: string | null;
  /** Why, and what to do. May hold text from outside. */
  text: string;
  /** What happened. May hold text from outside. */
  title: string;
  /** What tells it from others: the same topic again soon is not told again. */
  topic: string;
};

/** Whether people are told. */
export type AlertsStateView = {
  /** `off` or `on`. */
  state: string;
  /** The same in a sentence, with what to do where it is off. */
  text: string;
};

/** One call of one model. */
export type AnswerView = {
  /** When the answer came, or the time was over. */
  at: string;
  /** Tokens written. */
  completion_tokens: number;
  /** What it cost, dollars. */
  cost: string;
  /** What went wrong. May hold words of the provider: not to be trusted. */
  error: string | null;
  /** `late`, `refused`, `malformed`, `provider` or `budget`. */
  failure: string | null;
  /** The same as a phrase. */
  failure_text: string | null;
  /** The upper end of what it finds plausible. */
  high: string | null;
  /** It came after the forecast was published, and moved nothing. */
  late: boolean;
  /** How long it took. */
  latency_ms: number;
  /** The lower end of what it finds plausible. */
  low: string | null;
  /** Who was asked. */
  member: string;
  /** The provider's name of the model. */
  model: string;
  /** How likely the model finds the first outcome. */
  probability: string | null;
  /** Tokens read. */
  prompt_tokens: number;
  /** What speaks against it. Text of a model: not to be trusted. */
  reasons_against: string[];
  /** What speaks for it. Text of a model: not to be trusted. */
  reasons_for: string[];
  /** The first answer could not be read. */
  repaired: boolean;
  /** Which of its calls, from 0. */
  sample: number;
  /** `answered`, `abstained` or `failed`. */
  state: string;
};

/** About which market. */
export type AskBody = {
  /** The market's slug or its condition id. */
  market: string;
};

/** The models are being asked. */
export type AskedView = {
  /** The name of the forecast. */
  id: string;
  /** `asking`. */
  status: string;
  /** What happens now, and where to look. */
  text: string;
};

/** One model's word. */
export type BallotView = {
  /** Calls with an answer that can be read. */
  answered: number;
  /** Calls. */
  asked: number;
  /** The same, corrected by what is known of its habits. */
  calibrated: string | null;
  /** The upper end of what it finds plausible. */
  high: string | null;
  /** The lower end of what it finds plausible. */
  low: string | null;
  /** Whose. */
  member: string;
  /** What it stated; null where it abstained. */
  stated: string | null;
  /** `YES`, `NO` or `NO_TRADE`. */
  vote: string;
  /** Its part of the pool. */
  weight: string;
};

/** Forecasts of about the same probability. */
export type BinView = {
  /** How many. */
  count: number;
  /** From this probability. */
  from: string;
  /** The part that happened. */
  happened: string;
  /** The upper end. */
  high: string;
  /** The lower end of that part's 95% interval. */
  low: string;
  /** The mean of what was forecast. */
  stated: string;
  /** To this one. */
  to: string;
};

/** The books of a market. */
export type BookView = {
  /** When the exchange last stated any of it, RFC 3339; null before that. */
  at: string | null;
  /** The venue's key, `0x` and 64 digits. */
  condition_id: string;
  /** Both outcomes, YES first. */
  outcomes: OutcomeBookView[];
};

/** How many books are in which state. */
export type BooksView = {
  /** Unconfirmed. */
  stale: number;
  /** Contradictory; being reloaded. */
  suspect: number;
  /** Continuous since their snapshot. */
  trusted: number;
  /** Without a first snapshot. */
  waiting: number;
};

/** How often the world kept what a certificate promised. */
export type BreachesView = {
  /** By how much in all. */
  amount_usd: string;
  /** Those that ended worse than promised at worst. */
  breached: number;
  /** Plans that traded. */
  plans: number;
};

/** The day's money. */
export type BudgetView = {
  /** Calls that were settled. */
  calls: number;
  /** Calls that hold it: on their way, or left by a process that died; those count until the day is over. */
  calls_open: number;
  /** What is left. */
  left: string;
  /** `full`, `fewer_samples`, `fewer_members`, `cheapest` or `stop`. */
  level: string;
  /** What all calls of a day may cost, dollars. */
  limit: string;
  /** Calls that found no room. */
  refused: number;
  /** Held for calls that are not settled. */
  reserved: string;
  /** Paid. */
  spent: string;
  /** The same as a phrase. */
  text: string;
};

/** Which order. */
export type CancelBody = {
  /** The venue's name of it. */
  order_id: string;
};

/** Dollars. */
export type CashView = {
  /** Settled and promised to nobody. */
  free_usd: string;
  /** What provisional trades will bring. */
  pending_in_usd: string;
  /** What provisional trades and transactions on their way will take. */
  pending_out_usd: string;
  /** In the wallet for good; what is promised is still in it. */
  settled_usd: string;
};

/** One category. */
export type CategoryView = {
  /** The swarm's mean squared distance. */
  brier: string;
  /** Which. Text from the venue: not to be trusted. */
  category: string;
  /** The market's. */
  market_brier: string | null;
  /** Resolved forecasts. */
  resolved: number;
};

/** One setting that is no longer what it was. */
export type Change = {
  /** What the files say. */
  after: object;
  /** What is in force; passwords in addresses are stars. */
  before: object;
  /** Its name. */
  key: string;
  /** What it takes. */
  takes: Takes;
};

/** One channel. */
export type ChannelView = {
  /** Dead letters: given up, and not tried again by themselves. */
  dead: number;
  /** Alerts since the start that its rule left out, repeated ones included. */
  held: number;
  /** Why the last try failed; null where it did not. May hold words of the other side. */
  last_problem: string | null;
  /** When the last message of this run was sent, RFC 3339. */
  last_sent_at: string | null;
  /** `telegram`, `discord`, `slack`, `webhook` or `email`. */
  name: string;
  /** Messages ever sent, as far as the database reaches back. */
  sent: number;
  /** `on`, `off` where it is not set up, or `wrong` where it cannot work as it is set up. */
  state: string;
  /** What is missing or wrong; null where it is on. */
  text: string | null;
  /** Messages that wait to be sent. */
  waiting: number;
};

/** Every channel, set up or not. */
export type ChannelsView = {
  /** Every channel there is. */
  channels: ChannelView[];
  /** Alerts since the start that were left out, because too many came at once. */
  left_out: number;
  /** `on` or `off`. */
  state: string;
  /** The same in a sentence, with what to do where it is off. */
  text: string;
  /** Alerts and outcomes since the start that could not be written down. */
  unwritten: number;
  /** Who raises the alarm when this service falls silent. */
  watchman: WatchmanView;
};

/** Why an opportunity ended. */
export type ClosedReasonView = {
  /** A stable name. */
  code: string;
  /** One sentence. */
  text: string;
};

/** Which process does what. */
export type ClusterView = {
  lease: LeaseView | null;
  /** Every process that was heard of within ten minutes. */
  members: ProcessView[];
  /** The Redis through which processes speak. */
  redis: RedisView;
  /** Of the process that answers: `alone` or `decide`. */
  role: string;
  /** The parts of the market feed. */
  shards: ShardView[];
};

/** What a collector's run did. */
export type CollectorResultView = {
  /** New. */
  added: number;
  /** Different from before. */
  changed: number;
  /** Gone or ended. */
  closed: number;
  /** Not readable. */
  failed: number;
  /** Known after the run. */
  total: number;
};

/** How a collector's last run ended. */
export type CollectorView = {
  /** Why it failed. */
  error: string | null;
  /** When the last run ended, RFC 3339. */
  last_run_at: string | null;
  /** Its name. */
  name: string;
  result: CollectorResultView | null;
  /** How long it took. */
  took_ms: number | null;
};

/** One command. */
export type CommandView = {
  /** What was to be done. */
  action: string;
  /** Who gave it: a token's name, a sign-in, `SIGHUP`. */
  actor: string;
  /** What is set since. */
  after: object | null;
  /** When it came. */
  at: string;
  /** What was set before, where something was set. */
  before: object | null;
  /** Its key. */
  id: string;
  /** What came of it. */
  outcome: string;
  /** To what. */
  target: string;
};

/** What is to be done. */
export type ConfigBody = {
  /** `preview` only says what would change; `apply` does it. */
  step: StepName;
};

/** What changes, or would. */
export type ConfigView = {
  /** Every setting that differs. */
  changes: Change[];
  /** Whether it was done. */
  step: StepName;
};

/** One connection of the live feed. */
export type ConnectionView = {
  /** Milliseconds since it last carried data. */
  age_ms: number | null;
  /** Frames since the start. */
  frames: number;
  /** Why the last connection ended. */
  last_error: string | null;
  /** Its name, such as `feed-0`. */
  name: string;
  /** Connections opened after the first. */
  reconnects: number;
  /** `idle`, `connecting`, `live`, `silent` or `down`. */
  state: string;
  /** How many tokens it watches. */
  tokens: number;
};

/** The votes, counted. */
export type ConsensusView = {
  /** How many would do that. */
  agreeing: number;
  /** How sure they are together, 0 to 100. */
  confidence: number;
  /** `YES`, `NO` or `NO_TRADE`. */
  leading: string;
  /** Models that would buy the second outcome. */
  no: number;
  /** Models that would do nothing. */
  no_trade: number;
  /** Models that would buy the first outcome. */
  yes: number;
};

/** A decision as it was. */
export type DecisionThenView = {
  /** What led to it, the first cause first. */
  causes: PastLinkView[];
  /** Its line. */
  decision: RowView;
  /** What it led to, in order. */
  effects: PastLinkView[];
  /** What the desk wrote down. */
  events: EventThenView[];
  /** What was let through or refused, with every gate. */
  judged: JudgedView[];
  /** How everything stood. */
  moment: MomentView;
  /** What people were told. Text. */
  notices: string[];
  /** The opportunities that it found or looked at. */
  opportunities: OpportunityThenView[];
  /** The orders of the wish that it is about. */
  orders: OrderThenView[];
  /** The prices that it read. */
  prices: PriceReadView[];
  /** The number of the desk's view that it read; null where it read none. */
  view_number: number | null;
};

/** A decision about a wish or an opportunity. */
export type DecisionView = {
  /** When, RFC 3339. */
  at: string;
  /** Every gate with its value and its limit, in the order they were asked. */
  gates: GateView[];
  /** Its name. */
  id: string;
  /** About which opportunity; null for an order by hand. */
  opportunity_id: string | null;
  /** The plan that carries it out, where it was approved. */
  plan_id: string | null;
  /** That gate in a sentence. */
  reason: string | null;
  /** The first gate that refused. */
  rule: string | null;
  /** The wish. */
  signal_id: string | null;
  /** Whose wish it was, or who passed. */
  strategy: string;
  /** `approved`, `refused` by a gate, or `passed`: no strategy wished it. */
  verdict: string;
};

/** An alert on its way through one channel. */
export type DeliveryView = {
  /** Through which channel. */
  channel: string;
  /** When it is tried next, RFC 3339; null where it is not. */
  due_at: string | null;
  /** Why the last try failed. May hold words of the other side. */
  problem: string | null;
  /** When it was sent, RFC 3339. */
  sent_at: string | null;
  /** `waiting`, `sent` or `dead`: given up, and not tried again by itself. */
  state: string;
  /** How often it was tried. */
  tries: number;
};

/** What the looks for opportunities came to. The counts add up to `looks`. */
export type DetectorView = {
  /** Looks that ended in an executable opportunity. */
  found: number;
  /** Looks at a market or a group. */
  looks: number;
  /** Opportunities open now. */
  open: number;
  /** Why the other looks ended. */
  reasons: ReasonView[];
};

/** What everything was worth at one moment, as it was written down then. */
export type EquityPointView = {
  /** When. */
  at: string;
  /** How far it was below the peak that the limit of the drawdown counts from; never below zero. */
  drawdown_usd: string;
  /** Dollars and everything held, at the best bids. */
  equity_usd: string;
  /** What was earned since the beginning, after all costs. */
  net_usd: string;
};

/** What everything was worth over time. */
export type EquityView = {
  /** Oldest first. */
  data: EquityPointView[];
  /** When the first mark was made that is kept; null before that. Marks are kept for 396 days. */
  since: string | null;
};

/** Something that the desk wrote down. */
export type EventThenView = {
  /** A stable name of the kind. */
  kind: string;
  /** Its figures in a line. */
  text: string;
};

/** By whom. */
export type ExecuteBody = {
  /** By which strategy; by the first that trades its kind where none is named. */
  strategy?: string | null;
};

/** A taker's fee: `shares x rate x (p (1 - p))^exponent`. */
export type FeeView = {
  /** The exponent. */
  exponent: number;
  /** The rate. */
  rate: string;
};

/** How fresh a feed was. */
export type FeedThenView = {
  /** How long before the moment, in milliseconds. */
  age_ms: number;
  /** When it last brought something, RFC 3339. */
  at: string;
  /** Which, from 0. */
  feed: number;
};

/** The live feed. */
export type FeedView = {
  /** Milliseconds since any connection last carried data. */
  age_ms: number | null;
  /** The age from which the feed counts as stale. */
  age_ms_max: number;
  /** Each connection. */
  connections: ConnectionView[];
  /** Older than that, or never any data. */
  stale: boolean;
};

/** What was earned and spent, dollars. */
export type FiguresView = {
  /** What an operator wrote off; negative is lost. */
  adjusted_usd: string;
  /** Taker's fees. */
  fees_usd: string;
  /** What transactions cost. */
  gas_usd: string;
  /** What is left of it all. */
  net_usd: string;
  /** Earned by what was given up, before fees; negative is lost. */
  realised_usd: string;
};

/** What would be matched at once. */
export type FillPreviewView = {
  /** Dollars by share, rounded against the order; null where nothing would be matched. */
  average_price: string | null;
  /** Whether all of it would be matched. */
  complete: boolean;
  /** How many prices would be met. */
  levels: number;
  /** Shares that would stay in the book. */
  rests_shares: string;
  /** Shares. A purchase that must fill now is for dollars: at better prices it brings more shares than were asked for. */
  shares: string;
  /** Dollars before the fee. */
  value_usd: string;
  /** The last price that would be met. */
  worst_price: string | null;
};

/** One match of one order. */
export type FillView = {
  /** When it was matched. */
  at: string;
  /** In which market. */
  condition_id: string;
  /** The fee. */
  fee_usd: string;
  /** `maker` or `taker`. */
  liquidity: string;
  /** Which order. */
  order_id: string;
  /** The outcome's name. Text from the venue: not to be trusted. */
  outcome: string | null;
  /** Dollars a share, on average. */
  price: string;
  /** It is final and counts. */
  settled: boolean;
  /** `buy` or `sell`. */
  side: string;
  /** Shares. */
  size_shares: string;
  /** `matched`, `mined`, `retrying`, `confirmed` or `failed`. */
  state: string;
  /** Who wished it. */
  strategy: string;
  /** The market's title. Text from the venue: not to be trusted. */
  title: string;
  /** What was traded. */
  token_id: string;
  /** The venue's name of the match. */
  trade_id: string;
  /** When its state changed last. */
  updated_at: string;
  /** Dollars before the fee. */
  value_usd: string;
};

/** What the swarm says about a market, or its attempt to say something. Probabilities are of the first outcome. */
export type ForecastView = {
  /** When the question was asked. */
  asked_at: string;
  /** Each model's word. */
  ballots: BallotView[];
  /** With the market mixed in. */
  blended: string | null;
  /** The pool of the models alone. */
  blind: string | null;
  /** The squared distance of the blended belief to that. */
  brier: string | null;
  /** What it is about. Text from the venue: not to be trusted. */
  category: string;
  /** When the market is scheduled to end. */
  closes_at: string | null;
  /** Of which market. */
  condition_id: string;
  consensus: ConsensusView | null;
  /** What it cost, dollars. */
  cost: string;
  /** How far the models are apart, in log-odds. */
  disagreement: string | null;
  /** The market's group. */
  group_id: string | null;
  /** The upper end of the blended belief. */
  high: string | null;
  /** Its name. */
  id: string;
  /** The lower end of the blended belief. */
  low: string | null;
  /** When it was published. */
  made_at: string | null;
  /** What the market said when the question was asked. */
  market: string | null;
  /** The market's squared distance to that. */
  market_brier: string | null;
  /** The market's part of the blend. */
  market_weight: string | null;
  /** What the first outcome paid. */
  outcome: string | null;
  /** Why there is none. */
  reason: string | null;
  /** When it was learned how the market ended. */
  resolved_at: string | null;
  /** The part of the market's address that people know. */
  slug: string;
  /** `schedule` or `person`. */
  source: string;
  /** `asking`, `published` or `failed`. */
  state: string;
  /** The question. Text from the venue: not to be trusted. */
  title: string;
};

/** A forecast with every answer. */
export type ForecastWithAnswers = ForecastView & {
  /** Every call, by model. */
  answers: AnswerView[];
};

/** A frame of a market socket. */
export type FrameView = {
  /** When it was received, RFC 3339. */
  at: string;
  /** Through which feed, from 0. */
  feed: number;
  /** The record that holds it. */
  record: number;
};

/** What became of everything that was looked at within a span of time. */
export type FunnelView = {
  /** Decisions made at this moment or later, RFC 3339. */
  from: string;
  /** `looked_at`, `wished`, `approved`, `traded`, in this order. What goes on from one is what the next begins with. */
  stages: StageView[];
  /** Decisions made before this moment, RFC 3339. */
  to: string;
};

/** What a gate saw and what it allows. */
export type GateView = {
  /** The market or group that the value is of. */
  about: string | null;
  /** What it allows. */
  limit: string;
  /** A stable name. */
  rule: string;
  /** One sentence: why it refuses where it does. */
  text: string;
  /** The unit of value and limit: `usd`, `count`, `ms`, `price` or `text`. */
  unit: string;
  /** What it saw. */
  value: string;
  /** `passed` or `refused`. */
  verdict: string;
};

/** What was taken on without an answer yet. */
export type GivenView = {
  /** `given`. */
  status: string;
  /** What happens now, and where to look. */
  text: string;
};

/** What would have come of following it, at one horizon. */
export type GradeView = {
  /** When it is due, RFC 3339; null for settlement, which the market decides. */
  due_at: string | null;
  /** When it was taken, RFC 3339. */
  graded_at: string | null;
  /** Following paid. */
  hit: boolean | null;
  /** `one_hour`, `one_day` or `settlement`. */
  horizon: string;
  /** What one share of a follower brings, dollars. */
  mark: string | null;
  /** After fees, dollars a share. */
  profit_usd_per_share: string | null;
  /** For each dollar laid out; "0.12" is 12 per cent. */
  return: string | null;
  /** `waiting`, `graded`, or `missed`: nobody looked in time, and no price is made up. */
  state: string;
};

/** The group of a market. */
export type GroupView = {
  /** It has an open "Other". */
  augmented: boolean;
  /** The venue's key. */
  id: string;
  /** Exactly one of its markets pays. */
  neg_risk: boolean;
  /** Its title. Text from the venue: not to be trusted. */
  title: string;
};

/** Why. */
export type HaltBody = {
  /** In words, at most 200 characters. */
  reason?: string;
};

/** A halt. */
export type HaltView = {
  /** A stable name of what stopped trading. */
  cause: string;
  /** When the venue was asked and nothing of ours rested there; null until then. */
  proven_at: string | null;
  /** Since when. */
  since: string;
  /** In words; of an operator who and why. */
  text: string;
};

/** Something that was held. */
export type HeldThenView = {
  /** What it cost. */
  cost_usd: string;
  /** The outcome's name. Text from the venue: not to be trusted. */
  outcome: string | null;
  /** Shares settled. */
  settled_shares: string;
  /** The market's title. Text from the venue: not to be trusted. */
  title: string | null;
  /** What. */
  token_id: string;
  /** What it would have brought more than it cost; null where nobody bid. */
  unrealised_usd: string | null;
};

/** A wish or an opportunity that was judged. */
export type JudgedView = {
  /** Every gate with its value and its limit, in the order they were asked. */
  gates: GateView[];
  /** Its name. */
  of: string;
  /** `raised`, `passed`, `approved` or `refused`. */
  verdict: string;
};

/** A book as it stood. */
export type LadderThenView = {
  /** How old that was at the moment, in milliseconds. */
  age_ms: number | null;
  /** Who sells, the lowest price first; at most 40. */
  asks: LevelThenView[];
  /** Who buys, the highest price first; at most 40. */
  bids: LevelThenView[];
  /** In which market; null where the session does not say. */
  condition_id: string | null;
  frame: FrameView | null;
  /** Whether it is the very state that was looked at; otherwise it is the newest of the moment. */
  is_as_looked_at: boolean;
  /** The outcome's name. Text from the venue: not to be trusted. */
  outcome: string | null;
  /** When the exchange stated it, RFC 3339. */
  stated_at: string | null;
  /** `buy` or `sell`, where the decision takes from this book. */
  takes: string | null;
  /** The market's title. Text from the venue: not to be trusted. */
  title: string | null;
  /** What is traded. */
  token_id: string;
  /** `unknown`, `waiting`, `trusted`, `suspect` or `stale`. */
  trust: string;
};

/** The lease to decide. */
export type LeaseView = {
  /** How often it changed hands. */
  fence: number;
  /** The process that has it. */
  holder: string;
  /** How long it is held without another sign of life. */
  left_ms: number;
  /** Since when, RFC 3339. */
  taken_at: string;
};

/** One entry; its lines add up to nothing for every asset. */
export type LedgerEntryView = {
  /** When, RFC 3339. */
  at: string;
  /** `trade`, `chain`, `deposit`, `withdrawal` or `adjustment`. */
  cause: string;
  /** In which market. */
  condition_id: string | null;
  /** In which group. */
  group_id: string | null;
  /** Its number. */
  id: number;
  /** A note for people. */
  memo: string;
  /** `provisional`, `final` or `reversal`. */
  phase: string;
  /** Its lines. */
  postings: PostingView[];
  /** Which trade or transaction. */
  reference: string;
  /** Whose result it is. */
  strategy: string | null;
};

/** What went no further, for one reason. */
export type LeftView = {
  /** How many. */
  count: number;
  /** The gate that refused; `nothing_matched` for plans that ended without a trade, `open` for those that are not over; `none` where no gate is written down. */
  rule: string;
  /** The same in a sentence. */
  text: string;
};

/** One order of an opportunity. */
export type LegThenView = {
  /** In which market. */
  condition_id: string;
  /** The taker's fee. */
  fee_usd: string;
  /** The worst price touched. */
  limit: string;
  /** `buy` or `sell`. */
  side: string;
  /** How many shares. */
  size_shares: string;
  /** The market's title. Text from the venue: not to be trusted. */
  title: string;
  /** What is traded. */
  token_id: string;
  /** What giving it back into a stressed book brings. */
  unwind_usd: string;
  /** What is paid or received before fees. */
  value_usd: string;
};

/** One order of an opportunity. */
export type LegView = {
  /** Milliseconds from the exchange's statement of the book to the look. */
  age_ms: number;
  /** Dollars paid or received before fees. */
  amount: string;
  /** The average price before fees. */
  average_price: string;
  /** In which market. */
  condition_id: string;
  /** The continuity of the book. */
  epoch: number;
  /** The taker's fee. */
  fee: string;
  /** Levels of the book that it takes. */
  levels: number;
  /** The worst price touched. */
  limit_price: string;
  /** The outcome's name. Text from the venue: not to be trusted. */
  outcome: string;
  /** `buy` or `sell`. */
  side: string;
  /** Shares. */
  size: string;
  /** The market's title. Text from the venue: not to be trusted. */
  title: string;
  /** What is traded. */
  token_id: string;
};

/** What rested at one price. */
export type LevelThenView = {
  /** The price. */
  price: string;
  /** How many shares. */
  size_shares: string;
  /** How many of them the decision counted on. */
  taken_shares: string | null;
};

/** What rests at one price. */
export type LevelView = {
  /** The price. */
  price: string;
  /** How many shares. */
  size_shares: string;
};

/** One limit that is no longer what it was. */
export type LimitChangeView = {
  /** What it is. */
  after: string;
  /** What it was. */
  before: string;
  /** Its name. */
  name: string;
  /** `usd`, `count`, `ms` or `price`. */
  unit: string;
};

/** A limit as it was. */
export type LimitThenView = {
  /** The limit. */
  limit: string;
  /** Its name in the settings. */
  name: string;
  /** `usd`, `count`, `ms` or `price`. */
  unit: string;
  /** What was used of it; null where it bounds each wish alone, or that was not stated. */
  used: string | null;
};

/** One limit. */
export type LimitView = {
  /** Which market or group `used` is of. */
  about: string | null;
  /** The limit. */
  limit: string;
  /** Its name in the settings. */
  name: string;
  /** What it bounds, in a sentence. */
  text: string;
  /** `usd`, `count`, `ms` or `price`. */
  unit: string;
  /** What is used of it now, the worst market's or group's where it is one of many; null where it bounds each wish alone. */
  used: string | null;
};

/** Any of the limits by name; those that are left out stay. */
export type LimitsBody = {
  consecutive_errors_max?: number;
  day_loss_usd_max?: string;
  drawdown_usd_max?: string;
  ends_within_ms_min?: number;
  feed_age_ms_max?: number;
  floor_loss_usd_max?: string;
  group_usd_max?: string;
  leg_missing_loss_usd_max?: string;
  market_usd_max?: string;
  open_orders_max?: number;
  open_plans_max?: number;
  order_usd_max?: string;
  price_max?: string;
  price_min?: string;
  total_usd_max?: string;
  trades_per_minute_max?: number;
};

/** What was changed. */
export type LimitsView = {
  /** What is no longer what it was. */
  changes: LimitChangeView[];
  /** Every limit as it is now. */
  limits: LimitView[];
};

/** A one-time link. */
export type LinkView = {
  /** When it stops to work. */
  expires_at: string;
  /** Whoever opens it in a browser is signed in there as an administrator. It works once. */
  link: string;
};

/** What to keep away from. */
export type LockBody = {
  /** Or for so many seconds. */
  for_seconds?: number | null;
  /** Which one; not for `everything`. */
  of?: string | null;
  /** Why: at most 200 characters are kept. */
  reason: string;
  /** `everything`, `strategy`, `market` or `group`. */
  scope: "everything" | "strategy" | "market" | "group";
  /** Until when, RFC 3339; until it is lifted where both are left out. */
  until?: string | null;
};

/** A lock. */
export type LockView = {
  /** Its number. */
  id: number;
  /** Which one. */
  of: string | null;
  /** Why. */
  reason: string;
  /** `everything`, `strategy`, `market` or `group`. */
  scope: string;
  /** Since when. */
  since: string;
  /** Until when; null until it is lifted. */
  until: string | null;
};

/** Every lock. */
export type LocksView = {
  /** Oldest first. */
  locks: LockView[];
};

/** A market with what is known of its books. */
export type MarketView = {
  /** The venue's key, `0x` and 64 digits. */
  condition_id: string;
  /** When it is scheduled to end, RFC 3339. */
  ends_at: string | null;
  /** The part of its event's address that people know; null where it is in none. */
  event_slug: string | null;
  fee: FeeView | null;
  group: GroupView | null;
  /** Resting in the book, dollars. */
  liquidity: string;
  /** The smallest order, shares. */
  order_size_min: string;
  /** Both outcomes, YES first. */
  outcomes: OutcomeView[];
  /** The part of its address that people know. */
  slug: string;
  /** `open`, `paused` or `closed`. */
  state: string;
  /** The grid of its prices. */
  tick_size: string;
  /** The question. Text from the venue: not to be trusted. */
  title: string;
  /** Traded in 24 hours, dollars. */
  volume_24h: string;
  why: WhyView | null;
};

/** A market with its rules. */
export type MarketWithRules = MarketView & {
  /** What decides how it ends, in the venue's words, at most 16 KiB; null where there are none, or the venue does not tell them in time. Text from the venue: not to be trusted. */
  rules: string | null;
};

/** One model. The counts are since the program started. */
export type MemberView = {
  /** Calls with an answer that can be read. */
  answered: number;
  /** Calls. */
  asked: number;
  /** What is added to its log-odds. */
  bias: string | null;
  /** Its own mean squared distance to what happened. */
  brier: string | null;
  /** What its calls cost, dollars. */
  cost: string;
  /** Dollars a resolved forecast to which it gave a probability, its failed calls included; null while there is none. */
  cost_per_forecast: string | null;
  /** What its calls of the day (UTC) cost, whichever process made them. */
  cost_today: string;
  /** The others. */
  failed: number;
  /** The others by reason. */
  failures: Record<string, number>;
  /** When the last answer came. */
  last_answered_at: string | null;
  /** The last thing that went wrong. Not to be trusted. */
  last_error: string | null;
  /** How long that took. */
  latency_ms: number | null;
  /** The market's on the same questions. */
  market_brier: string | null;
  /** The provider's name of it. */
  model: string;
  /** As people name it. */
  name: string;
  /** The provider's host. */
  provider: string;
  /** Its resolved answers. */
  resolved: number;
  /** The market's squared distance less its own: above zero is better than the market. */
  skill: string | null;
  /** The upper end. */
  skill_high: string | null;
  /** The lower end of its 95% interval; null of fewer than ten independent events. */
  skill_low: string | null;
  /** What its log-odds are multiplied by. */
  slope: string | null;
  /** `on` or `off`. */
  state: string;
  /** Its part of the pool if all answer; null while nothing of it is resolved. */
  weight: string | null;
  /** Why it is off. */
  why: string | null;
};

/** How everything stood at a moment. */
export type MomentView = {
  /** The moment, RFC 3339. */
  at: string;
  before: RowView | null;
  behind: RowView | null;
  /** When each feed last brought something, as far as that is within a minute before. */
  feeds: FeedThenView[];
  /** The books. */
  ladders: LadderThenView[];
  /** The last record that belongs to it. */
  record: number;
  standing: StandingView | null;
};

/** A name by which decisions hang together. */
export type NameView = {
  /** The name. */
  id: string;
  /** `opportunity`, `signal`, `plan`, `order` or `task`. */
  kind: string;
};

/** Something a person should know. */
export type NoticeView = {
  /** When. */
  at: string;
  /** A stable name of the kind. */
  code: string;
  /** What happened, why, and what to do. */
  text: string;
};

/** An opportunity as it was. */
export type OpportunityThenView = {
  /** Dollars needed at the worst moment. */
  capital_usd: string;
  /** What the on-chain actions cost. */
  chain_cost_usd: string;
  /** Fees of trading and of converting. */
  fees_usd: string;
  /** What they bring before any cost. */
  gross_usd: string;
  /** Its name. */
  id: string;
  /** Its kind. */
  kind: string;
  /** What to trade. */
  legs: LegThenView[];
  /** What is left. */
  net_usd: string;
  /** 0 to 100. */
  score: number;
  /** Complete sets. */
  size_shares: string;
  /** The title of its market or group. Text from the venue: not to be trusted. */
  title: string;
};

/** An executable contradiction of prices, sized for the largest net profit. */
export type OpportunityView = {
  /** The on-chain actions, in order. */
  actions: ActionView[];
  /** Simple return of a year at this rate, in ten-thousandths. */
  annualised_return_bips: number | null;
  /** Dollars needed at the worst moment. */
  capital: string;
  /** On-chain cost, dollars. */
  chain_cost: string;
  /** When it ended. */
  closed_at: string | null;
  closed_reason: ClosedReasonView | null;
  /** The market, where it is in one. */
  condition_id: string | null;
  /** Net profit a set, dollars. */
  edge: string;
  /** Trading and conversion fees, dollars. */
  fees: string;
  /** When it first appeared. */
  found_at: string;
  /** Before any cost, dollars. */
  gross: string;
  /** The group, where it is across one. */
  group_id: string | null;
  /** Its name for as long as it lasts. */
  id: string;
  /** `parity_long`, `parity_short`, `neg_risk_long`, `neg_risk_short` or `neg_risk_convert`. */
  kind: string;
  /** The orders. */
  legs: LegView[];
  /** How long the capital is away; null where the end is not known. */
  lockup_seconds: number | null;
  /** What is left, dollars. */
  net: string;
  /** How good it is, 0 to 100, with its parts. */
  score: ScoreView;
  /** When a look last confirmed or changed it. */
  seen_at: string;
  /** Complete sets, in shares. */
  size: string;
  /** `open` or `closed`. */
  state: string;
  /** The market's or the group's title. Text from the venue: not to be trusted. */
  title: string;
};

/** One order. */
export type OrderBody = {
  /** In which market. */
  condition_id: string;
  /** When a `GTD` ends, RFC 3339: at least three minutes from now. */
  expires_at?: string | null;
  /** `FAK` (default), `FOK`, `GTC` or `GTD`. */
  lifetime?: "FAK" | "FOK" | "GTC" | "GTD" | null;
  /** Refuse rather than take. Only for what rests. */
  post_only?: boolean;
  /** The worst price accepted, such as `0.52`. */
  price: string;
  /** `buy` or `sell`. */
  side: "buy" | "sell";
  /** How many shares, in whole hundredths. */
  size_shares: string;
  /** What is traded. */
  token_id: string;
};

/** One order of a wish. */
export type OrderThenView = {
  /** The worst price accepted. */
  price: string;
  /** `buy` or `sell`. */
  side: string;
  /** How many shares. */
  size_shares: string;
  /** The market's title. Text from the venue: not to be trusted. */
  title: string;
  /** What is traded. */
  token_id: string;
};

/** One order. */
export type OrderView = {
  /** In which market. */
  condition_id: string;
  /** When it was decided. */
  created_at: string;
  /** When a `GTD` ends. */
  expires_at: string | null;
  /** The venue's name of it. */
  id: string;
  /** `GTC`, `GTD`, `FOK` or `FAK`. */
  lifetime: string;
  /** How many of them were matched. */
  matched_shares: string;
  /** Our number of it. */
  number: string;
  /** It may still be matched. */
  open: boolean;
  /** The outcome's name. Text from the venue: not to be trusted. */
  outcome: string | null;
  /** For which plan. */
  plan_id: string | null;
  /** It must not take. */
  post_only: boolean;
  /** The worst price accepted. */
  price: string;
  /** Why it ended, in the venue's words: not to be trusted. */
  reason: string | null;
  /** `buy` or `sell`. */
  side: string;
  /** How many shares. */
  size_shares: string;
  /** Where it is in its life. */
  state: string;
  /** The same in a sentence. */
  state_text: string;
  /** Who wished it. */
  strategy: string;
  /** The market's title. Text from the venue: not to be trusted. */
  title: string;
  /** What is traded. */
  token_id: string;
  /** When something was heard of it last. */
  updated_at: string;
};

/** One order with its matches. */
export type OrderWithFills = OrderView & {
  /** Its matches, the newest first. */
  fills: FillView[];
};

/** The book of one outcome. */
export type OutcomeBookView = {
  /** Milliseconds since the exchange last stated it. */
  age_ms: number | null;
  /** Who sells, the lowest price first; at most 50. */
  asks: LevelView[];
  /** Who buys, the highest price first; at most 50. */
  bids: LevelView[];
  /** Snapshots that it was built from. */
  epoch: number;
  /** Its name. Text from the venue: not to be trusted. */
  name: string;
  /** The grid of its prices. */
  tick_size: string;
  /** What is traded. */
  token_id: string;
  /** `unwatched`, `waiting`, `trusted`, `suspect` or `stale`. What rests is only to be believed where it is `trusted`. */
  trust: string;
};

/** One outcome of a market. */
export type OutcomeView = {
  /** Milliseconds since the exchange last stated it. */
  age_ms: number | null;
  /** The lowest price somebody asks. */
  best_ask: string | null;
  /** The highest price somebody pays. */
  best_bid: string | null;
  /** Snapshots that its book was built from. */
  epoch: number;
  /** Its name. Text from the venue: not to be trusted. */
  name: string;
  /** What is traded. */
  token_id: string;
  /** `unwatched`, `waiting`, `trusted`, `suspect` or `stale`. */
  trust: string;
  /** Why it is suspect or stale. */
  trust_cause: string | null;
};

/** Another decision that this one hangs together with. */
export type PastLinkView = {
  /** The name that both carry. */
  by: NameView;
  /** The other's line. */
  decision: RowView;
};

/** One plan. */
export type PlanView = {
  /** By how much that is below what was promised at worst. */
  breach_usd: string;
  /** When it was over. */
  closed_at: string | null;
  /** What it was to bring. */
  expected_net_usd: string;
  /** Its number. */
  id: string;
  /** When it was approved. */
  opened_at: string;
  /** What it came from; null for a wish by hand. */
  opportunity_id: string | null;
  /** What it has brought; null while it is open. */
  realised_net_usd: string | null;
  /** `open`, `done`, `nothing` or `unbalanced`. */
  state: string;
  /** The same in a sentence. */
  state_text: string;
  /** Whose. */
  strategy: string;
};

/** Shares of one outcome. */
export type PositionView = {
  /** What one cost; null where none is held. */
  average_cost_usd: string | null;
  /** In which market, where that is known. */
  condition_id: string | null;
  /** What they cost together, without fees. */
  cost_usd: string;
  /** Taker's fees paid meanwhile. */
  fees_usd: string;
  /** The market's group. */
  group_id: string | null;
  /** What they would bring at the best bid, provisional trades included; null where nobody bids. */
  mark_usd: string | null;
  /** The outcome's name. Text from the venue: not to be trusted. */
  outcome: string | null;
  /** What provisional trades will bring. */
  pending_in_shares: string;
  /** What provisional trades and transactions on their way will take. */
  pending_out_shares: string;
  /** Earned since they were last given up wholly, before fees. */
  realised_usd: string;
  /** In the wallet for good; what is promised is still in it. */
  settled_shares: string;
  /** The market's title. Text from the venue: not to be trusted. */
  title: string;
  /** Of what. */
  token_id: string;
  /** That less their cost. */
  unrealised_usd: string | null;
};

/** Everything that is owned. */
export type PositionsView = {
  /** When it was so. */
  at: string;
  /** Dollars. */
  cash: CashView;
  /** Shares, the costliest first. */
  data: PositionView[];
  /** The highest equity so far. */
  equity_peak_usd: string | null;
  /** Dollars, and everything held at the best bids. */
  equity_usd: string;
  /** Reserved for open plans. */
  reserved_usd: string;
  /** Earned and spent today (UTC). */
  today: FiguresView;
  /** Earned and spent since the beginning. */
  total: FiguresView;
  /** What the positions with a bid would bring more than they cost. */
  unrealised_usd: string;
};

/** One line of an entry. */
export type PostingView = {
  /** Whose. */
  account: string;
  /** Dollars or shares; what arrives is positive. */
  amount: string;
  /** `usd`, or the token. */
  asset: string;
};

/** What an order would do if it were sent now. */
export type PreviewView = {
  /** When it was reckoned, RFC 3339. */
  at: string;
  /** Milliseconds since then. */
  book_age_ms: number | null;
  /** When the exchange last stated the book, RFC 3339. */
  book_at: string | null;
  /** Cost by share of a purchase, rounded up. */
  breakeven_price: string | null;
  /** What a purchase takes from the wallet: value and fee. */
  cost_usd: string;
  /** The taker's fee of that, dollars, rounded up. */
  fee_usd: string | null;
  /** What would be matched at once. */
  fill: FillPreviewView;
  /** Every gate with its value and its limit. */
  gates: GateView[];
  /** `FAK`, `FOK`, `GTC` or `GTD`. */
  lifetime: string;
  /** What bought shares pay if the outcome comes true. */
  payout_usd: string;
  /** The worst price accepted. */
  price: string;
  /** What a sale brings: value less fee. */
  proceeds_usd: string;
  /** That less the cost. Null for a sale, and where nothing would be matched. */
  profit_usd: string | null;
  /** That gate in a sentence. */
  reason: string | null;
  /** Dollars that would be set aside. */
  reserved_usd: string;
  /** The first gate that would refuse. */
  rule: string | null;
  /** `buy` or `sell`. */
  side: string;
  /** How many shares were asked for. */
  size_shares: string;
  /** `trusted`: without such a book there is no preview. */
  trust: string;
  /** `approved` or `refused`: what the gates would say now. */
  verdict: string;
  /** The most that can be lost, below zero: the limit and the whole size count. */
  worst_case_usd: string;
};

/** The best prices at one moment. */
export type PricePointView = {
  /** The lowest price somebody asked. */
  ask: string | null;
  /** When they were seen. */
  at: string;
  /** The highest price somebody paid. */
  bid: string | null;
  /** The middle of both; the one there is where only one side is there. */
  price: string;
};

/** A price that was read. */
export type PriceReadView = {
  /** The best ask; null where nobody asked. */
  ask: string | null;
  /** The best bid; null where nobody bid. */
  bid: string | null;
  /** Of what: a token, or a market with the number of its outcome. */
  of: string;
};

/** The prices of a market over time. */
export type PricesView = {
  /** The venue's key, `0x` and 64 digits. */
  condition_id: string;
  /** Oldest first. Moments at which nobody bid or asked have no point. */
  data: PricePointView[];
  /** The first outcome, whose prices these are. */
  token_id: string;
};

/** The body of an error: `application/problem+json`. */
export type ProblemBody = {
  /** A stable name for programs. */
  code: string;
  /** What happened to this request. */
  detail: string;
  /** Every gate that was asked, where one refused. */
  gates?: GateView[];
  /** What to do. */
  hint: string;
  /** What is allowed or there. */
  limit?: string | null;
  /** What would have been right: the nearest one below, then the nearest one above. */
  nearest?: string[];
  /** The wish that was raised; its decision tells more. */
  signal_id?: string | null;
  /** The HTTP status. */
  status: number;
  /** The kind of problem in a few words. */
  title: string;
  /** A stable address for this kind of problem. */
  type: string;
  /** What was given or needed, where the refusal is about a figure. */
  value?: string | null;
};

/** A process. */
export type ProcessView = {
  /** Where other processes reach it. */
  address: string | null;
  /** Of a web process: facts that the process that decides had said and that it had not repeated yet. */
  behind_facts: number | null;
  /** Live sockets that it serves; null where it serves none. */
  clients: number | null;
  /** How long ago it was heard of. */
  heard_ms_ago: number;
  /** The machine. */
  host: string;
  /** Of a web process: how long before its last sign of life it last heard what the process that decides says, by its own clock. */
  leader_heard_ms_ago: number | null;
  /** What the others call it. */
  name: string;
  /** The number of the process there. */
  process: number;
  /** `alone`, `decide`, `feed` or `web`. */
  role: string;
  /** The parts of the market feed that it holds. */
  shards: number[];
  /** By its own clock, RFC 3339. */
  started_at: string;
  /** `alone`, `deciding`, `standing_by`, `watching`, `serving`, or `silent` where it was not heard of for four seconds. */
  state: string;
  /** Tokens that it watches. */
  tokens: number;
  /** Of the program. */
  version: string;
};

/** Whether the service is of use now. */
export type ReadyView = {
  /** What is missing. */
  missing: string[];
  /** Everything that is needed is up. */
  ready: boolean;
};

/** One reason with its count. */
export type ReasonView = {
  /** A stable name. */
  code: string;
  /** How many looks ended so. */
  count: number;
  /** One sentence. */
  text: string;
};

/** The record of one class at one horizon. Its intervals count markets, not events: events of one market share its luck. */
export type RecordRowView = {
  /** Which class. */
  class: string;
  /** Graded events. */
  events: number;
  /** The share of these, 0 to 1. */
  hit_rate: string | null;
  /** The upper end. */
  hit_rate_high: string | null;
  /** The lower end of its 95 per cent interval. */
  hit_rate_low: string | null;
  /** Events after which following paid. */
  hits: number;
  /** Which horizon. */
  horizon: string;
  /** In so many markets. */
  markets: number;
  /** Profit for each dollar laid out, after fees, on average. */
  mean_return: string | null;
  /** The upper end. */
  mean_return_high: string | null;
  /** The lower end of its 95 per cent interval. */
  mean_return_low: string | null;
  /** `not_enough`, `no_sign`, `skill` (surely above zero) or `costs` (surely below). */
  verdict: string;
  /** The same in a sentence. */
  words: string;
};

/** The records of all classes. */
export type RecordView = {
  /** Each class at each horizon. */
  classes: RecordRowView[];
  /** Fewer markets than this say nothing. */
  markets_min: number;
  /** Grades that nobody took in time. */
  missed: number;
  /** Grades that are still to come. */
  waiting: number;
};

/** A recorded session. */
export type RecordedSessionView = {
  /** Bytes on the disk. */
  bytes: number;
  /** Decisions in it. */
  decisions: number;
  /** Its first moment, RFC 3339; null where it cannot be looked into. */
  from: string | null;
  /** Its name. */
  id: string;
  /** `demo`, `paper`, `live` or `record`; null where that part was deleted. */
  mode: string | null;
  /** Records in it. */
  records: number;
  /** `recording` or `over`. */
  state: string;
  /** Its last moment. */
  to: string | null;
  /** The version that recorded it. */
  version: string | null;
  /** Why it cannot be run again and compared decision by decision; null where it can. */
  why_not_comparable: string | null;
  /** Why it cannot be looked into; null where it can. */
  why_unreadable: string | null;
};

/** Which market. */
export type RedeemBody = {
  /** Which market. */
  condition_id: string;
};

/** The Redis through which processes speak. */
export type RedisView = {
  /** Why it is down. */
  error: string | null;
  /** `unused`, `up` or `down`. */
  state: string;
};

/** How often a rule was the first to refuse. */
export type RefusalCountView = {
  /** How often. */
  count: number;
  /** Its stable name. */
  rule: string;
  /** The rule in a sentence. */
  text: string;
};

/** One sum. */
export type ResultView = {
  /** What an operator wrote off; negative is lost. */
  adjusted_usd: string;
  /** Taker's fees. */
  fees_usd: string;
  /** What transactions cost. */
  gas_usd: string;
  /** The day, the strategy, the condition id or the group id; empty where a result has none. */
  key: string;
  /** What is left of it all. */
  net_usd: string;
  /** Earned by what was given up, before fees; negative is lost. */
  realised_usd: string;
  /** The market's or group's title. Text from the venue: not to be trusted. */
  title: string | null;
  /** How many trades. */
  trades: number;
};

/** Results added up. */
export type ResultsView = {
  /** By what: `day`, `strategy`, `market` or `group`. */
  by: string;
  /** The sums. */
  data: ResultView[];
};

/** How much may be risked, and how much is. */
export type RiskView = {
  /** When it was so. */
  at: string;
  /** Whether certificates were kept. */
  breaches: BreachesView;
  /** Settled dollars that are promised to nobody. */
  cash_free_usd: string;
  /** What counts against the day's limit of losses. */
  day_loss_usd: string | null;
  /** The highest equity so far. */
  equity_peak_usd: string | null;
  /** Dollars, and everything held at the best bids. */
  equity_usd: string;
  halt: HaltView | null;
  /** Every limit with what is used of it. */
  limits: LimitView[];
  /** What is kept away from. */
  locks: LockView[];
  /** What a person should know, the newest first. */
  notices: NoticeView[];
  /** Orders that may still be matched. */
  open_orders: number;
  /** Plans that are under way. */
  open_plans: number;
  /** Our books were compared with the venue's and agree. */
  reconciled: boolean;
  /** Reserved for open plans. */
  reserved_usd: string;
  /** What the venue's side says. */
  venue: VenueView;
};

/** A decision in one line. */
export type RowView = {
  /** When, RFC 3339. */
  at: string;
  /** What it came to: `opened`, `changed`, `closed`, `raised`, `passed`, `approved`, `refused`, `ordered`, `filled`, `halted`, `resumed` or `noted`. */
  kind: string;
  /** The names by which it hangs together with others. */
  names: NameView[];
  /** The markets (condition ids) and groups that it is about. */
  places: string[];
  /** Its record, counted over the session from 1. */
  record: number;
  /** In short. */
  text: string;
  /** `detector`, `desk`, or a strategy's name. */
  who: string;
};

/** A question that is being asked. */
export type RunningView = {
  /** Calls that have come to an end. */
  answered: number;
  /** When it was asked. */
  asked_at: string;
  /** Calls there will be. */
  expected: number;
  /** The name of the forecast that will come of it. */
  id: string;
  /** The question. Text from the venue: not to be trusted. */
  title: string;
};

/** A score, 0 (worst) to 100 (best), with its parts. */
export type ScoreView = {
  /** How far the best prices are off. */
  deviation: number;
  /** How much of the gross profit survives the costs. */
  fees: number;
  /** How many dollars find room in the depth. */
  liquidity: number;
  /** How much of the best prices' deviation the average set keeps. */
  slippage: number;
  /** How soon the dollars come back. */
  time: number;
  /** The weighted mean. */
  total: number;
};

/** How good the forecasts were. Losses: smaller is better. */
export type ScoresView = {
  /** The mean squared distance to what happened; a half always gets 0.25. */
  brier: string | null;
  /** Of what was called 70%, how much happened. */
  calibration: BinView[];
  /** By category. */
  categories: CategoryView[];
  /** Dollars a resolved forecast. */
  cost_per_forecast: string | null;
  /** Dollars for each thousandth of squared distance gained on the market; null where none is. */
  cost_per_thousandth: string | null;
  /** Minus the mean logarithm of what was given to what happened; a half always gets 0.693. */
  log_score: string | null;
  /** The market's on the same forecasts. */
  market_brier: string | null;
  /** The market's on the same forecasts. */
  market_log_score: string | null;
  /** Resolved forecasts before anybody may speak of skill. */
  needed: number;
  /** Resolved forecasts. */
  resolved: number;
  /** The market's squared distance less the swarm's: above zero is better than the market. */
  skill: string | null;
  /** The upper end. */
  skill_high: string | null;
  /** The lower end of its 95% interval; null of fewer than ten independent events. */
  skill_low: string | null;
};

/** Who somebody is. */
export type SessionView = {
  /** When that ends; null for when it is taken back. */
  expires_at: string | null;
  /** `link` for who opened a one-time link, `environment` for `DUTCHBOOK_TOKEN`, `local` for the command line on this machine, or the name of a token. */
  principal: string;
  /** `viewer`, `operator` or `admin`. */
  role: string;
};

/** How many sets of which market. */
export type SetsBody = {
  /** How many sets: a dollar each. */
  amount_shares: string;
  /** In which market. */
  condition_id: string;
};

/** A part of the market feed. */
export type ShardView = {
  /** How long what came last was on its way from the venue's socket to the books. */
  delay_ms: number | null;
  /** Frames since the start. */
  frames: number;
  /** When that was first seen, RFC 3339. */
  held_since: string | null;
  /** The process that holds it; null where nobody does. */
  holder: string | null;
  /** Its number. */
  shard: number;
  /** `idle`, `connecting`, `live`, `silent` or `down`. */
  state: string;
  /** Tokens that are watched. */
  tokens: number;
};

/** A frame. */
export type ShownFrameView = {
  /** The frame as `/ws` sends it. */
  frame: object;
  /** A later one of the same topic and key takes its place; null where none does. */
  key: string | null;
  /** Its topic; null for words between the two ends. */
  kind: string | null;
};

/** With what somebody signs in: one of the two. */
export type SignInBody = {
  /** The key of a one-time link: what stands after `key=` in it. */
  key?: string | null;
  /** A program's token; the session has its role. */
  token?: string | null;
};

/** A wish to trade. */
export type SignalView = {
  /** When it was raised, RFC 3339. */
  at: string;
  /** What it brings if all goes well, after all costs. */
  best_usd: string;
  /** Dollars needed at the worst moment. */
  capital_usd: string;
  /** From when on it must not be begun. */
  expires_at: string;
  /** What it brings if nothing can be sold again. */
  floor_usd: string;
  /** Its name for ever. */
  id: string;
  /** What it brings if the worst leg finds nobody. */
  leg_missing_usd: string;
  /** From what; null for a wish by hand. */
  opportunity_id: string | null;
  /** Sets or shares. */
  size_shares: string;
  /** Orders and transactions, stage by stage. */
  steps: StepView[];
  /** By whom. */
  strategy: string;
  /** The market or group. */
  subject: string;
};

/** How things stand, as frames. */
export type SnapshotView = {
  /** The first frames that a client hears. */
  frames: ShownFrameView[];
  /** The number of the last fact that is in it. */
  last_fact: number;
  /** The run in which the number means something. */
  run: string;
};

/** One stage: `count` is what left it and what went on. */
export type StageView = {
  /** How many came here. */
  count: number;
  /** Those that went no further, the most frequent reason first. */
  left: LeftView[];
  /** How many went on. */
  on: number;
  /** `looked_at`, `wished`, `approved` or `traded`. */
  stage: string;
};

/** How the desk stood. */
export type StandingView = {
  /** When that was stated, RFC 3339; at most some seconds before the moment. */
  at: string;
  /** Dollars settled and promised to nobody. */
  cash_usd: string;
  /** Dollars and everything held, at the best bids. */
  equity_usd: string;
  /** Why nothing was traded; null where trading went on. */
  halt: string | null;
  /** What was held. */
  held: HeldThenView[];
  /** Things held that are not named here. */
  held_more: number;
  /** Every limit with what was used of it. */
  limits: LimitThenView[];
  /** Reserved for open plans. */
  reserved_usd: string;
  /** How the strategies stood. */
  strategies: StrategyThenView[];
};

/** How far to go. */
export type StepName = "preview" | "apply";

/** One order or transaction of a wish. */
export type StepView = {
  /** The markets it touches. */
  condition_ids: string[];
  /** `buy`, `sell`, or what the contracts are asked. */
  kind: string;
  /** The outcome's name. Text from the venue: not to be trusted. */
  outcome: string | null;
  /** The worst price accepted. */
  price: string | null;
  /** Shares, or sets. */
  size_shares: string;
  /** Which stage, from 0; each waits for the one before. */
  stage: number;
  /** The first market's title. Text from the venue: not to be trusted. */
  title: string;
  /** What is traded; null for a transaction. */
  token_id: string | null;
};

/** The database. */
export type StoreView = {
  /** `sqlite` or `mysql`. */
  backend: string;
  /** Market rows left out because the queue was full. */
  dropped: number;
  /** Why the last write failed. */
  last_error: string | null;
  /** Rows waiting. */
  queued: number;
  /** `up` or `down`. */
  state: string;
  /** Rows written since the start. */
  written: number;
};

/** Every strategy. */
export type StrategiesView = {
  /** In the order of the names. */
  data: StrategyView[];
};

/** Any of the strategy's settings by name; those that are left out stay. */
export type StrategySettingsBody = {
  budget_usd?: string;
  cool_down_ms?: number;
  edge_usd_min?: string;
  enabled?: boolean;
  lasted_ms_min?: number;
  leg_missing_loss_usd_max?: string;
  life_ms?: number;
  score_min?: number;
  size_max?: string;
  vouched_ms_max?: number;
};

/** How a strategy stood. */
export type StrategyThenView = {
  /** `running`, `paused` or `quarantined`. */
  activity: string;
  /** The most dollars that it could have in markets; null for no bound of its own. */
  budget_usd: string | null;
  /** Which. */
  strategy: string;
  /** What it had in them. */
  used_usd: string;
};

/** One strategy. */
export type StrategyView = {
  /** `running`, `paused` or `quarantined`. */
  activity: string;
  /** Looks since the program started. */
  analysed: number;
  /** What it may have in markets; null for no bound of its own. */
  budget_usd: string | null;
  /** What it earned and spent. */
  figures: FiguresView;
  /** Its name. */
  name: string;
  /** Opportunities of its kinds that are open. */
  opportunities_open: number;
  /** Wishes since the program started. */
  raised: number;
  /** When it last raised one. */
  raised_at: string | null;
  /** How often each rule was the first to refuse. */
  refusals: RefusalCountView[];
  /** Its own settings by name; null where it has none. */
  settings: object | null;
};

/** Everything about the swarm. */
export type SwarmOverview = SwarmStateView & {
  /** The day's money. */
  budget: BudgetView;
  /** The models. */
  members: MemberView[];
  /** `swarm`, or `single` where one model is asked. */
  mode: string;
  /** The best five of late to look at. */
  picks: ForecastView[];
  /** Questions that are being asked. */
  running: RunningView[];
  /** How good the forecasts were. */
  scores: ScoresView;
  /** How it is asked. */
  settings: SwarmSettingsView;
};

/** How it is asked. */
export type SwarmSettingsView = {
  /** When a forecast is made of what has come. */
  deadline_ms: number;
  /** Between two questions of its own; 0 asks only when somebody wants it. */
  interval_s: number;
  /** Models that must answer. */
  quorum: number;
  /** Calls a model and question. */
  samples: number;
};

/** Whether models are asked. */
export type SwarmStateView = {
  /** `off`, `starting` or `on`. */
  state: string;
  /** The same in a sentence or two, with what to do where it is off. */
  text: string;
};

/** How the service is doing. */
export type SystemView = {
  /** Messages to people. */
  alerts: AlertsStateView;
  /** The order books. */
  books: BooksView;
  /** Browsers and programs connected to the live socket. */
  clients: number;
  /** The collectors. */
  collectors: CollectorView[];
  /** The detector. */
  detector: DetectorView;
  /** The live feed. */
  feed: FeedView;
  /** `demo`, `paper`, `live` or `replay`. */
  mode: string;
  /** What is missing where it is not ready. */
  not_ready: string[];
  /** The service's time now, RFC 3339. */
  now: string;
  /** Whether everything that is needed is up. */
  ready: boolean;
  /** When it started, RFC 3339. */
  started_at: string;
  /** The database. */
  store: StoreView;
  /** The language models. */
  swarm: SwarmStateView;
  /** What others trade. */
  trades: TapeView;
  /** The supervision tree. */
  tree: object;
  /** The program's version. */
  version: string;
};

/** What a change takes. */
export type Takes = "nothing" | "restart";

/** How the tape stands. */
export type TapeView = {
  /** Walks through the list that were completed. */
  backfills: number;
  /** Every trade up to this moment was read in the venue's list, RFC 3339. */
  complete_to: string | null;
  /** Left out as decided: too near 0 or 1. */
  decided: number;
  /** Trades that only the list knew. */
  filled: number;
  /** Left out by the words of their market. */
  hidden: number;
  /** When it last carried a trade, RFC 3339. */
  last_data_at: string | null;
  /** Why the last connection or walk failed. */
  last_error: string | null;
  /** Trades heard from all sources, doubles included. */
  prints: number;
  /** Connections opened after the first. */
  reconnects: number;
  /** Not readable. */
  refused: number;
  /** Left out as too small. */
  small: number;
  /** `connecting`, `live`, `silent` or `down`: the live stream of trades. */
  state: string;
  /** Trades told. */
  told: number;
  /** Whales told. */
  whales: number;
};

/** Through which channel. */
export type TestBody = {
  /** `telegram`, `discord`, `slack`, `webhook` or `email`. */
  channel: "telegram" | "discord" | "slack" | "webhook" | "email";
};

/** The message is on its way. */
export type TestView = {
  /** Through which channel. */
  channel: string;
  /** The alert's key. */
  id: string;
  /** `waiting`. */
  status: string;
  /** Where to look whether it was sent. */
  text: string;
};

/** What happened when. */
export type TimelineView = {
  /** How long each bucket is, in milliseconds. */
  bucket_ms: number;
  /** The counts of each bucket. */
  buckets: number[][];
  /** What is counted, in the order of each bucket: frames, then the kinds of decisions. */
  counted: string[];
  /** Where the first bucket begins, RFC 3339. */
  from: string;
  /** Where the last one ends. */
  to: string;
};

/** A trade that somebody made. */
export type TradeView = {
  /** When, RFC 3339. */
  at: string;
  /** In which market. */
  condition_id: string;
  /** Its name. */
  id: string;
  /** The outcome's name. Text from the venue: not to be trusted. */
  outcome: string;
  /** Dollars a share, on average. */
  price: string;
  /** `buy` or `sell`, of the taker. */
  side: string;
  /** Shares. */
  size_shares: string;
  /** The market's slug. Text from the venue: not to be trusted. */
  slug: string;
  /** Which source told it first: `live`, `book` or `list`. */
  source: string;
  /** The market's question. Text from the venue: not to be trusted. */
  title: string;
  /** What was traded. */
  token_id: string;
  /** The transaction; null where no source said so. */
  transaction: string | null;
  /** Dollars. */
  value_usd: string;
  /** Who took; null where no source said so. */
  wallet: string | null;
};

/** What goes where. */
export type TransferBody = {
  /** Dollars or shares. */
  amount: string;
  /** `usd`, or the token of the shares. */
  asset: string;
  /** The account that gets it: `0x` and 40 hexadecimal digits. There is no way back. */
  to: string;
};

/** What the roles at the venue last said. */
export type VenueView = {
  /** Why no transactions can be carried out now; null where they can. */
  chain_refused: string | null;
  /** When both sides were last compared. */
  compared_at: string | null;
  /** What differed then, one sentence each. */
  differences: string[];
  /** Why no orders can be sent now; null where they can. */
  orders_refused: string | null;
  /** The user socket brings news. */
  user_socket_up: boolean;
};

/** What is known of a wallet. Figures are null or nought until `fetched_at` is set. */
export type WalletView = {
  /** Its address. */
  address: string;
  /** Whole days since then. */
  age_days: number | null;
  /** When all this was read; null where it was not yet. */
  fetched_at: string | null;
  /** Its first trade, RFC 3339, where the venue says so. */
  first_seen_at: string | null;
  /** It is younger than a week, or has hardly any positions. */
  fresh: boolean | null;
  /** The venue lists more positions than were read. */
  partial: boolean;
  /** Positions it holds. */
  positions_open: number;
  /** Positions it is out of, lost ones still in the wallet included. */
  positions_settled: number;
  /** What came of them. */
  profit_usd: string;
  /** What the settled ones cost. */
  settled_cost_usd: string;
  /** Its large trades that are stored, at most the newest 500: dollars. */
  trades_usd: string;
  /** What its positions cost altogether. */
  volume_usd: string;
  /** Its whale events that are stored. */
  whales: number;
  /** `wins` of `positions_settled`, 0 to 1. */
  win_rate: string | null;
  /** And below this. */
  win_rate_high: string | null;
  /** The truth lies above this in 97 or 98 of 100 such samples. */
  win_rate_low: string | null;
  /** Of these with a profit. */
  wins: number;
};

/** The outside watchman. */
export type WatchmanView = {
  /** How often he is told, in seconds. */
  every_s: number;
  /** Why he could not be told; null where he could. */
  last_problem: string | null;
  /** When he was last told that all is well, RFC 3339. */
  last_told_at: string | null;
  /** `on`, `off` or `wrong`. */
  state: string;
  /** The same in a sentence. */
  text: string;
  /** Why he is not told now: what is not well; null where all is. */
  withheld: string | null;
};

/** A whale with what is known of it. */
export type WhaleDetailView = WhaleView & {
  profile: WalletView | null;
  /** Its stored trades, the newest first, at most 100. */
  trades: TradeView[];
};

/** A large trade, or a large sum in many trades. */
export type WhaleView = {
  /** When it was told, RFC 3339. */
  at: string;
  /** `large_print`, `accumulation`, `fresh_large_print` or `fresh_accumulation`. */
  class: string;
  /** In which market. */
  condition_id: string;
  /** Dollars a share, on average, when it was told. */
  entry_price: string;
  /** The event's slug. */
  event_slug: string;
  /** Its first trade, RFC 3339. */
  first_at: string;
  /** The wallet was new; null while nobody knows. */
  fresh: boolean | null;
  /** After one hour, after one day, and when the market paid. */
  grades: GradeView[];
  /** Its name. */
  id: string;
  /** `large_print` or `accumulation`. */
  kind: string;
  /** Its last trade, RFC 3339. */
  last_at: string;
  /** The outcome's name. */
  outcome: string;
  /** How many trades. */
  prints: number;
  /** `buy` or `sell`. */
  side: string;
  /** Shares. */
  size_shares: string;
  /** The market's slug. */
  slug: string;
  /** The market's question. Text from the venue, like those below: not to be trusted. */
  title: string;
  /** What was traded. */
  token_id: string;
  /** Dollars. */
  value_usd: string;
  /** Whose; null where no source said so. */
  wallet: string | null;
};

/** A reason. */
export type WhyView = {
  /** A stable name. */
  code: string;
  /** One sentence. */
  text: string;
};
