/** What the swarm of models says, who says it, and how right they were. Shares and scores are decimals. */

import { isRecord } from "../core/shape";
import { getJson, getObject, getPage, Problem, type Wish } from "./client";
import type { Cut } from "./desk";
import type { Decimal, Page, Timestamp } from "./types";

export const votes = ["YES", "NO", "NO_TRADE"] as const;
export type Vote = (typeof votes)[number];

/** The votes, counted. */
export interface Consensus {
  yes: number;
  no: number;
  no_trade: number;
  leading: Vote;
  agreeing: number;
  /** 0 to 100. */
  confidence: number;
}

/** What happened, and what each was off by. */
export interface Resolution {
  at: Timestamp;
  /** What the outcome paid, 0 to 1. */
  paid: Decimal;
  brier: Decimal | null;
  brier_market: Decimal | null;
}

export interface Forecast {
  id: string;
  asked_at: Timestamp;
  made_at: Timestamp;
  condition_id: string;
  title: string;
  slug: string;
  category: string;
  /** Whose probability is stated. */
  outcome: string;
  closes_at: Timestamp | null;
  /** The market's price when the swarm was asked. */
  market: Decimal;
  /** Without the price. */
  blind: Decimal;
  /** After the market was mixed in. */
  blended: Decimal;
  low: Decimal;
  high: Decimal;
  market_weight: Decimal;
  consensus: Consensus;
  asked_by: "schedule" | "person";
  cost_usd: Decimal;
  resolution: Resolution | null;
}

/** One member's word: all its answers in one. */
export interface Ballot {
  member: string;
  asked: number;
  answered: number;
  stated: Decimal | null;
  /** Corrected by what is known of its habits. */
  calibrated: Decimal | null;
  low: Decimal | null;
  high: Decimal | null;
  weight: Decimal;
  vote: Vote;
}

export type AnswerState = "answered" | "abstained" | "late" | "refused" | "malformed" | "provider" | "budget";

/** One call of one model. */
export interface Answer {
  member: string;
  index: number;
  state: AnswerState;
  state_text: string;
  probability: Decimal | null;
  low: Decimal | null;
  high: Decimal | null;
  reasons_for: string[];
  reasons_against: string[];
  /** Why it would rather not say. */
  reason: string | null;
  cost_usd: Decimal;
  latency_ms: number | null;
}

export interface ForecastDetail extends Forecast {
  ballots: Ballot[];
  answers: Answer[];
}

export type SwarmActivity = "off" | "idle" | "asking" | "degraded" | "budget_used";

export interface Budget {
  day_usd: Decimal;
  used_usd: Decimal;
  reserved_usd: Decimal;
  resets_at: Timestamp | null;
}

/** How right the swarm was. Skill is measured against the market's price when it was asked. */
export interface Score {
  resolved: number;
  resolved_min: number;
  brier: Decimal | null;
  brier_market: Decimal | null;
  log_score: Decimal | null;
  skill: Decimal | null;
  skill_low: Decimal | null;
  skill_high: Decimal | null;
  cost_per_forecast_usd: Decimal | null;
  cost_per_thousandth_usd: Decimal | null;
}

export interface Member {
  member: string;
  provider: string;
  model: string;
  state: "ready" | "asking" | "failing" | "off";
  last_error: string | null;
  weight: Decimal;
  resolved: number;
  answered: number;
  failed: number;
  late: number;
  brier: Decimal | null;
  skill: Decimal | null;
  skill_low: Decimal | null;
  skill_high: Decimal | null;
  cost_usd: Decimal;
  cost_per_forecast_usd: Decimal | null;
}

/** Forecasts that said about the same, and how often it came about. */
export interface CalibrationBin {
  from: Decimal;
  to: Decimal;
  count: number;
  mean: Decimal | null;
  happened: Decimal | null;
  low: Decimal | null;
  high: Decimal | null;
}

export interface Swarm {
  state: SwarmActivity;
  /** How it stands, in a sentence. */
  words: string;
  /** What to do about it. */
  hint: string | null;
  mode: "swarm" | "single";
  next_at: Timestamp | null;
  budget: Budget | null;
  score: Score;
  members: Member[];
  calibration: CalibrationBin[];
  /** Best first. */
  picks: Forecast[];
}

export interface ForecastQuery {
  market: string;
}

const root = "/api/v1/forecasts";
const swarm_path = "/api/v1/swarm";

export const getForecasts = (query: ForecastQuery, cut: Cut, signal: AbortSignal): Promise<Page<Forecast>> =>
  getPage(root, { ...query, ...cut }, signal);

export const getForecast = (id: string, signal: AbortSignal): Promise<ForecastDetail> =>
  getObject(`${root}/${encodeURIComponent(id)}`, "a forecast", ["ballots", "answers"], signal);

export async function getSwarm(signal: AbortSignal): Promise<Swarm> {
  const body = await getJson(swarm_path, signal);
  const lists = ["members", "calibration", "picks"];
  if (!isRecord(body) || !isRecord(body["score"]) || !lists.every((name) => Array.isArray(body[name]))) {
    throw new Problem("malformed", `The answer of ${swarm_path} is not the state of a swarm.`, null, 200);
  }
  return body as unknown as Swarm;
}

/** Asks the swarm about a market, named by its slug or its condition. */
export const askForecast = (market: string): Wish => ({ method: "POST", path: root, body: { market } });
