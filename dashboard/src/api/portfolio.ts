/** What was earned, matched and booked. */

import { getObject, getPage, withQuery } from "./client";
import type { Cut } from "./desk";
import type * as schema from "./schema";
import type { Fill, LedgerEntry, Plan, Result, ResultGrouping } from "./trading";
import type { Page } from "./types";

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

export const getResults = async (by: ResultGrouping, signal: AbortSignal): Promise<Result[]> =>
  (
    await getObject<{ data: Result[] }>(
      withQuery(`${root}/results`, { by }),
      "a list of results",
      ["data"],
      signal,
    )
  ).data;

export const getPlans = (query: { strategy: string }, cut: Cut, signal: AbortSignal): Promise<Page<Plan>> =>
  getPage(`${root}/plans`, { ...query, ...cut }, signal);

export type Equity = schema.EquityView;

/** The equity over time from a moment on, oldest first, and since when there is any. */
export const getEquity = (from: string, signal: AbortSignal): Promise<Equity> =>
  getObject(withQuery(`${root}/equity`, { from }), "the equity", ["data"], signal);
