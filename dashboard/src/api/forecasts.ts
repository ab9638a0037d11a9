/** What the swarm of models says, who says it, and how right they were. Shares, scores and dollars are decimals. */

import { isRecord } from "../core/shape";
import { getJson, getObject, getPage, Problem, type Wish } from "./client";
import type { Cut } from "./desk";
import type { Narrow } from "./narrow";
import type * as schema from "./schema";
import type { Page } from "./types";

export const votes = ["YES", "NO", "NO_TRADE"] as const;
export type Vote = (typeof votes)[number];

export type Consensus = Narrow<schema.ConsensusView, { leading: Vote }>;
export type Ballot = Narrow<schema.BallotView, { vote: Vote }>;

/** What the swarm says, or its attempt to. Probabilities are of the first outcome; null before it is published. */
export type Forecast = Narrow<
  schema.ForecastView,
  {
    source: "schedule" | "person";
    state: "asking" | "published" | "failed";
    consensus: Consensus | null;
    ballots: Ballot[];
  }
>;

export type Answer = Narrow<schema.AnswerView, { state: "answered" | "abstained" | "failed" }>;

export type ForecastDetail = Forecast & { answers: Answer[] };

/** One model. Its counts are since the program started, its record is of all time. */
export type Member = Narrow<schema.MemberView, { state: "on" | "off" }>;

/** How much of the day's money is left, in words for the ladder by which the swarm saves. */
export type BudgetLevel = "full" | "fewer_samples" | "fewer_members" | "cheapest" | "stop";
export type Budget = Narrow<schema.BudgetView, { level: BudgetLevel }>;

export type SwarmSettings = schema.SwarmSettingsView;
export type Round = schema.RunningView;
export type CalibrationBin = schema.BinView;
export type CategoryScore = schema.CategoryView;
/** How right the swarm was. Skill is measured against the market's price when it was asked. */
export type Scores = schema.ScoresView;

export type Swarm = Narrow<
  schema.SwarmOverview,
  {
    state: "off" | "starting" | "on";
    mode: "swarm" | "single";
    members: Member[];
    budget: Budget;
    picks: Forecast[];
  }
>;

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
