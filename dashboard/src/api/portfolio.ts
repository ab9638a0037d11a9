/** What was earned, matched and booked. */

import { isRecord } from "../core/shape";
import { getJson, getPage, Problem, withQuery } from "./client";
import type { Cut } from "./desk";
import type { Fill, LedgerEntry, Plan, Result, ResultGrouping } from "./trading";
import type { Decimal, Page, Timestamp } from "./types";

const root = "/api/v1";

/** A fill with the name that a list needs: a trade of the venue may match several orders. */
export type NamedFill = Fill & { id: string };
export type NamedEntry = Omit<LedgerEntry, "id"> & { id: string };

export interface FillQuery {
  strategy: string;
  market: string;
}

export interface LedgerQuery {
  strategy: string;
  phase: string;
  cause: string;
}

export const namedFill = (fill: Fill): NamedFill => ({ ...fill, id: `${fill.trade_id} ${fill.order_id}` });

export async function getFills(query: FillQuery, cut: Cut, signal: AbortSignal): Promise<Page<NamedFill>> {
  const page = await getPage<Fill>(`${root}/fills`, { ...query, ...cut }, signal);
  return { ...page, data: page.data.map(namedFill) };
}

export async function getLedger(
  query: LedgerQuery,
  cut: Cut,
  signal: AbortSignal,
): Promise<Page<NamedEntry>> {
  const page = await getPage<LedgerEntry>(`${root}/ledger`, { ...query, ...cut }, signal);
  return { ...page, data: page.data.map((entry) => Object.assign(entry, { id: String(entry.id) })) };
}

export async function getResults(by: ResultGrouping, signal: AbortSignal): Promise<Result[]> {
  const path = withQuery(`${root}/results`, { by });
  const body = await getJson(path, signal);
  if (!isRecord(body) || !Array.isArray(body["data"])) {
    throw new Problem("malformed", `The answer of ${path} is not a list of results.`, null, 200);
  }
  return body["data"] as Result[];
}

export const getPlans = (query: { strategy: string }, cut: Cut, signal: AbortSignal): Promise<Page<Plan>> =>
  getPage(`${root}/plans`, { ...query, ...cut }, signal);

/** One moment of the whole account. */
export interface EquityPoint {
  at: Timestamp;
  equity_usd: Decimal;
  net_usd: Decimal;
  /** How far below the highest so far. */
  drawdown_usd: Decimal;
}

/** The equity over time, oldest first; null where this version of the service does not keep it. */
export const getEquity = (signal: AbortSignal): Promise<EquityPoint[] | null> =>
  unlessMissing("equity", async () => (await getPage<EquityPoint>(`${root}/equity`, {}, signal)).data);

/** A path that the service does not know is not asked for again before this is over. */
const missingMs = 120_000;
const missing_since = new Map<string, number>();

/** What a path of this name answers, or null where the service does not know it. */
export async function unlessMissing<T>(name: string, ask: () => Promise<T>): Promise<T | null> {
  const since = missing_since.get(name);
  if (since !== undefined && Date.now() - since < missingMs) return null;
  try {
    const answer = await ask();
    missing_since.delete(name);
    return answer;
  } catch (error) {
    if (!(error instanceof Problem) || (error.status !== 404 && error.status !== 405)) throw error;
    missing_since.set(name, Date.now());
    return null;
  }
}
