import { isRecord } from "../core/shape";
import { getJson, getObject, getPage, Problem, type Wish } from "./client";
import type { Accepted, Decision, Fill, Gate, Order, Risk, Strategy } from "./trading";
import type { Page } from "./types";

const root = "/api/v1";

export interface DecisionQuery {
  verdict: string;
  strategy: string;
  opportunity: string;
  /** One wish alone, where it is given. */
  signal: string;
}

/** Where a list goes on, and how many rows are asked for. */
export interface Cut {
  limit: number;
  cursor: string | null;
}

export const getDecisions = (query: DecisionQuery, cut: Cut, signal: AbortSignal): Promise<Page<Decision>> =>
  getPage(`${root}/decisions`, { ...query, ...cut }, signal);

export const getOrders = (cut: Cut, signal: AbortSignal): Promise<Page<Order>> =>
  getPage(`${root}/orders`, { ...cut }, signal);

export const getOrdersIn = (market: string, cut: Cut, signal: AbortSignal): Promise<Page<Order>> =>
  getPage(`${root}/orders`, { market, ...cut }, signal);

export async function getOrderFills(id: string, signal: AbortSignal): Promise<Fill[]> {
  const path = `${root}/orders/${encodeURIComponent(id)}`;
  const order = await getObject<{ fills: Fill[] }>(path, "an order", ["fills"], signal);
  return order.fills;
}

export async function getRisk(signal: AbortSignal): Promise<Risk> {
  const body = await getJson(`${root}/risk`, signal);
  if (!isRecord(body) || !Array.isArray(body["limits"]) || !isRecord(body["venue"])) {
    throw new Problem("malformed", `The answer of ${root}/risk is not a risk state.`, null, 200);
  }
  return body as unknown as Risk;
}

export const getStrategies = async (signal: AbortSignal): Promise<Strategy[]> =>
  (await getPage<Strategy>(`${root}/strategies`, {}, signal)).data;

const post = (path: string, body: Readonly<Record<string, unknown>> = {}): Wish => ({
  method: "POST",
  path: `${root}/${path}`,
  body,
});

export const halt = (reason: string): Wish => post("halt", { reason });
export const resume = (): Wish => post("resume");
export const execute = (opportunity: string): Wish =>
  post(`opportunities/${encodeURIComponent(opportunity)}/execute`);
export const cancelOrder = (order_id: string): Wish => post("execute/cancel", { order_id });
export const cancelAll = (): Wish => post("execute/cancel-all");
export const pauseStrategy = (name: string): Wish => post(`strategies/${encodeURIComponent(name)}/pause`);
export const resumeStrategy = (name: string): Wish => post(`strategies/${encodeURIComponent(name)}/resume`);
export const changeSettings = (name: string, body: Readonly<Record<string, unknown>>): Wish => ({
  method: "PUT",
  path: `${root}/strategies/${encodeURIComponent(name)}/settings`,
  body,
});
export const unlock = (id: number): Wish => ({ method: "DELETE", path: `${root}/risk/locks/${id}` });

/** Reads what became of a wish; null where the answer is something else. */
export function acceptedFrom(answer: unknown): Accepted | null {
  if (!isRecord(answer) || typeof answer["status"] !== "string") return null;
  return Array.isArray(answer["orders"]) ? (answer as unknown as Accepted) : null;
}

/** The gates that a refusal names. */
export function gatesFrom({ fields }: Problem): Gate[] {
  const { gates } = fields;
  return Array.isArray(gates) ? (gates.filter(isRecord) as unknown as Gate[]) : [];
}

/** What the service says it did, in its own words. */
export const givenText = (answer: unknown): string | null =>
  isRecord(answer) && typeof answer["text"] === "string" ? answer["text"] : null;

/** The risk state that a halt and a resumption answer with. */
export const riskFrom = (answer: unknown): Risk | null =>
  isRecord(answer) && Array.isArray(answer["limits"]) ? (answer as unknown as Risk) : null;
