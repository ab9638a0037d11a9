/** Answers of the trading half. Shares, prices and dollars are decimal strings, as everywhere. */

import type { ChainAction, Decimal, Timestamp } from "./types";

export type GateUnit = "usd" | "count" | "ms" | "price" | "text";

export interface Gate {
  rule: string;
  text: string;
  verdict: "passed" | "refused";
  unit: GateUnit;
  value: string;
  limit: string;
  /** The market or group that the value is of. */
  about: string | null;
}

export const verdicts = ["approved", "refused", "passed"] as const;
export type Verdict = (typeof verdicts)[number];

export interface Decision {
  id: string;
  at: Timestamp;
  opportunity_id: string | null;
  strategy: string;
  verdict: Verdict;
  rule: string | null;
  reason: string | null;
  gates: Gate[];
  signal_id: string | null;
  plan_id: string | null;
}

export interface Figures {
  realised_usd: Decimal;
  fees_usd: Decimal;
  gas_usd: Decimal;
  adjusted_usd: Decimal;
  net_usd: Decimal;
}

export interface Order {
  id: string;
  number: string;
  plan_id: string | null;
  strategy: string;
  condition_id: string;
  title: string;
  token_id: string;
  outcome: string | null;
  side: "buy" | "sell";
  price: Decimal;
  size_shares: Decimal;
  matched_shares: Decimal;
  lifetime: "GTC" | "GTD" | "FOK" | "FAK";
  expires_at: Timestamp | null;
  post_only: boolean;
  state: string;
  state_text: string;
  open: boolean;
  reason: string | null;
  created_at: Timestamp;
  updated_at: Timestamp;
}

export type FillState = "matched" | "mined" | "retrying" | "confirmed" | "failed";

export interface Fill {
  trade_id: string;
  order_id: string;
  strategy: string;
  title: string;
  outcome: string | null;
  side: "buy" | "sell";
  size_shares: Decimal;
  price: Decimal;
  value_usd: Decimal;
  fee_usd: Decimal;
  liquidity: "maker" | "taker";
  state: FillState;
  settled: boolean;
  at: Timestamp;
  updated_at: Timestamp;
}

export interface Position {
  token_id: string;
  condition_id: string | null;
  title: string;
  outcome: string | null;
  group_id: string | null;
  settled_shares: Decimal;
  pending_in_shares: Decimal;
  pending_out_shares: Decimal;
  cost_usd: Decimal;
  average_cost_usd: Decimal | null;
  /** What the settled shares would bring at the best bid; null where nobody bids. */
  mark_usd: Decimal | null;
  unrealised_usd: Decimal | null;
  realised_usd: Decimal;
  fees_usd: Decimal;
}

export interface Cash {
  settled_usd: Decimal;
  pending_in_usd: Decimal;
  pending_out_usd: Decimal;
  free_usd: Decimal;
}

export interface Halt {
  cause: string;
  text: string;
  since: Timestamp;
  /** When the venue was read back and nothing of ours rested there. */
  proven_at: Timestamp | null;
}

export type LockScope = "everything" | "strategy" | "market" | "group";

export interface Lock {
  id: number;
  scope: LockScope;
  of: string | null;
  reason: string;
  since: Timestamp;
  until: Timestamp | null;
}

export interface Venue {
  /** Why no orders can be sent, in plain words. */
  orders_refused: string | null;
  /** Why no transactions can be carried out, in plain words. */
  chain_refused: string | null;
  user_socket_up: boolean;
  compared_at: Timestamp | null;
  differences: string[];
}

export type Activity = "running" | "paused" | "quarantined";

export interface StrategyStanding {
  name: string;
  activity: Activity;
  budget_usd: Decimal | null;
  figures: Figures;
}

export interface CountedRule {
  rule: string;
  text: string;
  count: number;
}

export interface Strategy extends StrategyStanding {
  opportunities_open: number;
  analysed: number;
  raised: number;
  raised_at: Timestamp | null;
  refusals: CountedRule[];
}

export type TaskState = "intended" | "prepared" | "mined" | "confirmed" | "failed";

export interface Task {
  number: string;
  plan_id: string | null;
  strategy: string;
  kind: ChainAction["kind"];
  state: TaskState;
  amount_shares: Decimal;
  reference: string | null;
  created_at: Timestamp;
}

export interface Notice {
  at: Timestamp;
  code: string;
  text: string;
}

/** How trading stands: what the socket's `trading` frames carry. */
export interface Trading {
  at: Timestamp;
  reconciled: boolean;
  halt: Halt | null;
  locks: Lock[];
  cash: Cash;
  equity_usd: Decimal;
  equity_peak_usd: Decimal | null;
  reserved_usd: Decimal;
  unrealised_usd: Decimal;
  day_loss_usd: Decimal | null;
  today: Figures;
  total: Figures;
  positions: Position[];
  open_orders: Order[];
  open_plans: number;
  tasks: Task[];
  strategies: StrategyStanding[];
  venue: Venue;
}

export interface Limit {
  name: string;
  unit: GateUnit;
  text: string;
  limit: string;
  /** How much of it is taken now; null where it is a threshold, not a room. */
  used: string | null;
  about: string | null;
}

export interface Risk {
  at: Timestamp;
  reconciled: boolean;
  halt: Halt | null;
  limits: Limit[];
  locks: Lock[];
  day_loss_usd: Decimal | null;
  open_orders: number;
  open_plans: number;
  breaches: { plans: number; breached: number; amount_usd: Decimal };
  venue: Venue;
  notices: Notice[];
}

/** What became of a wish to trade. */
export interface Accepted {
  status: "approved" | "pending";
  signal_id: string;
  plan_id: string | null;
  decision: Decision | null;
  orders: Order[];
}
