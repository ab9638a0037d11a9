/** What the swarm of models says, who says it, and how right they were. Shares, scores and dollars are decimals. */

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

/** What the swarm says, or its attempt to. Probabilities are of the first outcome; null before it is published. */
export interface Forecast {
  id: string;
  condition_id: string;
  slug: string;
  title: string;
  category: string;
  source: "schedule" | "person";
  state: "asking" | "published" | "failed";
  /** Why there is none. */
  reason: string | null;
  asked_at: Timestamp;
  made_at: Timestamp | null;
  closes_at: Timestamp | null;
  /** The market's price when the swarm was asked. */
  market: Decimal | null;
  /** Without the price. */
  blind: Decimal | null;
  /** After the market was mixed in. */
  blended: Decimal | null;
  low: Decimal | null;
  high: Decimal | null;
  market_weight: Decimal | null;
  consensus: Consensus | null;
  ballots: Ballot[];
  cost: Decimal;
  resolved_at: Timestamp | null;
  /** What the first outcome paid, 0 to 1. */
  outcome: Decimal | null;
  brier: Decimal | null;
  market_brier: Decimal | null;
}

/** One call of one model. */
export interface Answer {
  member: string;
  model: string;
  /** Which of its calls, from 0. */
  sample: number;
  state: "answered" | "abstained" | "failed";
  /** `late`, `refused`, `malformed`, `provider` or `budget`. */
  failure: string | null;
  failure_text: string | null;
  /** It came after the forecast was published: it is scored, and moved nothing. */
  late: boolean;
  /** The first answer could not be read. */
  repaired: boolean;
  probability: Decimal | null;
  low: Decimal | null;
  high: Decimal | null;
  reasons_for: string[];
  reasons_against: string[];
  cost: Decimal;
  latency_ms: number;
  error: string | null;
}

export interface ForecastDetail extends Forecast {
  answers: Answer[];
}

/** One model. Its counts are since the program started, its record is of all time. */
export interface Member {
  name: string;
  model: string;
  provider: string;
  state: "on" | "off";
  /** Why it is off. */
  why: string | null;
  asked: number;
  answered: number;
  failed: number;
  last_error: string | null;
  latency_ms: number | null;
  cost: Decimal;
  weight: Decimal | null;
  resolved: number;
  brier: Decimal | null;
}

/** How much of the day's money is left, in words for the ladder by which the swarm saves. */
export type BudgetLevel = "full" | "fewer_samples" | "fewer_members" | "cheapest" | "stop";

export interface Budget {
  limit: Decimal;
  reserved: Decimal;
  spent: Decimal;
  left: Decimal;
  calls: number;
  refused: number;
  level: BudgetLevel;
  text: string;
}

/** How the models are asked. */
export interface SwarmSettings {
  samples: number;
  quorum: number;
  deadline_ms: number;
  /** 0 asks only when somebody wants it. */
  interval_s: number;
}

/** A question that is being asked. */
export interface Round {
  id: string;
  title: string;
  asked_at: Timestamp;
  answered: number;
  expected: number;
}

/** Forecasts that said about the same, and how often it came about. */
export interface CalibrationBin {
  from: Decimal;
  to: Decimal;
  count: number;
  stated: Decimal;
  happened: Decimal;
  low: Decimal;
  high: Decimal;
}

export interface CategoryScore {
  category: string;
  resolved: number;
  brier: Decimal;
  market_brier: Decimal | null;
}

/** How right the swarm was. Skill is measured against the market's price when it was asked. */
export interface Scores {
  resolved: number;
  /** Fewer resolved questions than this prove no skill. */
  needed: number;
  brier: Decimal | null;
  market_brier: Decimal | null;
  log_score: Decimal | null;
  market_log_score: Decimal | null;
  skill: Decimal | null;
  skill_low: Decimal | null;
  skill_high: Decimal | null;
  calibration: CalibrationBin[];
  categories: CategoryScore[];
  cost_per_forecast: Decimal | null;
  cost_per_thousandth: Decimal | null;
}

export interface Swarm {
  state: "off" | "starting" | "on";
  /** How it stands, and what to do where it is off. */
  text: string;
  mode: "swarm" | "single";
  members: Member[];
  budget: Budget;
  settings: SwarmSettings;
  running: Round[];
  /** Best first. */
  picks: Forecast[];
  scores: Scores;
}

export interface ForecastQuery {
  condition_id: string;
}

const root = "/api/v1/forecasts";
const swarm_path = "/api/v1/swarm";

export const getForecasts = (query: ForecastQuery, cut: Cut, signal: AbortSignal): Promise<Page<Forecast>> =>
  getPage(root, { ...query, ...cut }, signal);

export const getForecast = (id: string, signal: AbortSignal): Promise<ForecastDetail> =>
  getObject(`${root}/${encodeURIComponent(id)}`, "a forecast", ["ballots", "answers"], signal);

export async function getSwarm(signal: AbortSignal): Promise<Swarm> {
  const body = await getJson(swarm_path, signal);
  const [lists, parts] = [
    ["members", "picks", "running"],
    ["scores", "budget", "settings"],
  ];
  if (
    !isRecord(body) ||
    !lists?.every((name) => Array.isArray(body[name])) ||
    !parts?.every((name) => isRecord(body[name]))
  ) {
    throw new Problem("malformed", `The answer of ${swarm_path} is not the state of a swarm.`, null, 200);
  }
  return body as unknown as Swarm;
}

/** Asks the swarm about a market, named by its slug or its condition. */
export const askForecast = (market: string): Wish => ({ method: "POST", path: root, body: { market } });

/** The name of the forecast that will come of it. */
export const askedId = (answer: unknown): string | null =>
  isRecord(answer) && typeof answer["id"] === "string" ? answer["id"] : null;
