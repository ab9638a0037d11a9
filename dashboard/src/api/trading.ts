/** Answers of the trading half. Shares, prices and dollars are decimal strings, as everywhere. */

import type { Narrow } from "./narrow";
import type * as schema from "./schema";
import type { ChainAction, Decimal, Side, Timestamp } from "./types";

export type GateUnit = "usd" | "count" | "ms" | "price" | "text";
export type Gate = Narrow<schema.GateView, { verdict: "passed" | "refused"; unit: GateUnit }>;

export const verdicts = ["approved", "refused", "passed"] as const;
export type Verdict = (typeof verdicts)[number];
export type Decision = Narrow<schema.DecisionView, { verdict: Verdict; gates: Gate[] }>;

export type Figures = schema.FiguresView;

export const lifetimes = ["FAK", "FOK", "GTC", "GTD"] as const;
export type Lifetime = (typeof lifetimes)[number];
export type Order = Narrow<schema.OrderView, { side: Side; lifetime: Lifetime }>;
export type OrderWish = schema.OrderBody;

export type FillState = "matched" | "mined" | "retrying" | "confirmed" | "failed";
export type Fill = Narrow<schema.FillView, { side: Side; liquidity: "maker" | "taker"; state: FillState }>;

export type Position = schema.PositionView;
export type Cash = schema.CashView;
export type Halt = schema.HaltView;
export type Venue = schema.VenueView;
export type Notice = schema.NoticeView;

export type LockScope = "everything" | "strategy" | "market" | "group";
export type Lock = Narrow<schema.LockView, { scope: LockScope }>;

export type Activity = "running" | "paused" | "quarantined";
export type CountedRule = schema.RefusalCountView;
export type Strategy = Narrow<schema.StrategyView, { activity: Activity }>;
export type StrategyStanding = Pick<Strategy, "name" | "activity" | "budget_usd" | "figures">;

export type LedgerEntry = Narrow<
  schema.LedgerEntryView,
  {
    phase: "provisional" | "final" | "reversal";
    cause: "trade" | "chain" | "deposit" | "withdrawal" | "adjustment";
  }
>;
export type Posting = schema.PostingView;

export const resultGroupings = ["day", "strategy", "market", "group"] as const;
export type ResultGrouping = (typeof resultGroupings)[number];
export type Result = schema.ResultView;
export type Plan = schema.PlanView;

export type TaskState = "intended" | "prepared" | "mined" | "confirmed" | "failed";

/** A step on the chain. Only the socket tells of it, so the description has no type of it. */
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

/** `used` is how much of it is taken now; null where it is a threshold, not a room. */
export type Limit = Narrow<schema.LimitView, { unit: GateUnit }>;
export type Risk = Narrow<schema.RiskView, { limits: Limit[]; locks: Lock[] }>;

/** What became of a wish to trade. */
export type Accepted = Narrow<
  schema.AcceptedView,
  { status: "approved" | "pending"; decision: Decision | null; orders: Order[] }
>;
