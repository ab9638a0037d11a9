import { isRecord } from "../core/shape";
import type { Market, Opportunity, Page, System } from "./types";

/** Longest wait for one answer. */
export const requestMsMax = 10_000;

/** What went wrong with one request, in words that can be shown. */
export class Problem extends Error {
  constructor(
    /** Stable code: the service's own, or `unreachable`, `timeout`, `malformed`. */
    readonly code: string,
    /** What happened. */
    readonly detail: string,
    /** What to do, where the service says so. */
    readonly hint: string | null,
    /** HTTP status, or null where no answer came. */
    readonly status: number | null,
    /** Everything the answer says, for what belongs to one code alone. */
    readonly fields: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail);
    this.name = "Problem";
  }
}

const text = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

/** Reads an RFC 9457 answer; tolerates one that is not. */
export function problemFrom(status: number, body: unknown): Problem {
  const fields = isRecord(body) ? body : {};
  const said = text(fields["detail"]) ?? text(fields["title"]) ?? `HTTP ${status}`;
  return new Problem(text(fields["code"]) ?? `http_${status}`, said, text(fields["hint"]), status, fields);
}

/** What was caught, as a problem that can be shown. */
export const asProblem = (error: unknown): Problem =>
  error instanceof Problem ? error : new Problem("failed", String(error), null, null);

/** Codes of answers that do not tell what became of the command. */
const openCodes = new Set(["idempotency_in_progress", "outcome_unknown"]);
const openStatuses = new Set([408, 425, 429]);

/** Whether this answer to a command means that it was not carried out. Without it, nobody knows. */
export function isDefinite({ status, code }: Problem): boolean {
  return status !== null && status < 500 && !openStatuses.has(status) && !openCodes.has(code);
}

/** Told whenever the service does not know who asks. */
let refused = (): void => {};
export const listenForRefusal = (listener: () => void): void => {
  refused = listener;
};

export async function request(path: string, init: RequestInit, signal?: AbortSignal): Promise<Response> {
  const limit = AbortSignal.timeout(requestMsMax);
  try {
    const response = await fetch(path, {
      ...init,
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    if (response.ok) return response;
    const body: unknown = await response.json().catch(() => null);
    if (response.status === 401) refused();
    throw problemFrom(response.status, body);
  } catch (error) {
    if (error instanceof Problem) throw error;
    if (limit.aborted) throw new Problem("timeout", `No answer within ${requestMsMax / 1000} s.`, null, null);
    if (signal?.aborted) throw error;
    throw new Problem("unreachable", "The service cannot be reached.", null, null);
  }
}

export async function getJson(path: string, signal?: AbortSignal): Promise<unknown> {
  const response = await request(
    path,
    { headers: { accept: "application/json" }, cache: "no-store" },
    signal,
  );
  try {
    return await response.json();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem("malformed", `The answer of ${path} is not JSON.`, null, response.status);
  }
}

export function pageOf<T>(path: string, body: unknown): Page<T> {
  if (!isRecord(body) || !Array.isArray(body["data"])) {
    throw new Problem("malformed", `The answer of ${path} is not a page of results.`, null, 200);
  }
  return body as unknown as Page<T>;
}

/** Asks for one page of a list. */
export async function getPage<T>(
  path: string,
  query: Record<string, string | number | null>,
  signal: AbortSignal,
): Promise<Page<T>> {
  const address = withQuery(path, query);
  return pageOf<T>(address, await getJson(address, signal));
}

/** Asks for one object that must have `lists`; `what` names it where it has not. */
export async function getObject<T>(
  path: string,
  what: string,
  lists: readonly (keyof T & string)[],
  signal: AbortSignal,
): Promise<T> {
  const body = await getJson(path, signal);
  if (!isRecord(body) || !lists.every((name) => Array.isArray(body[name]))) {
    throw new Problem("malformed", `The answer of ${path} is not ${what}.`, null, 200);
  }
  return body as T;
}

export function withQuery(path: string, query: Record<string, string | number | null | undefined>): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") search.set(key, String(value));
  }
  const tail = search.toString();
  return tail === "" ? path : `${path}?${tail}`;
}

export async function getSystem(signal?: AbortSignal): Promise<System> {
  const body = await getJson("/api/v1/system", signal);
  if (!isRecord(body) || !isRecord(body["feed"]) || !isRecord(body["tree"])) {
    throw new Problem("malformed", "The answer of /api/v1/system is not a system state.", null, 200);
  }
  return body as unknown as System;
}

export interface OpportunityQuery {
  state: "open" | "closed" | "all";
  limit: number;
  cursor?: string | null;
}

export async function getOpportunities(
  query: OpportunityQuery,
  signal?: AbortSignal,
): Promise<Page<Opportunity>> {
  const path = withQuery("/api/v1/opportunities", { ...query });
  return pageOf<Opportunity>(path, await getJson(path, signal));
}

export interface MarketQuery {
  q: string;
  watched: boolean;
  limit: number;
  cursor: string | null;
}

export async function getMarkets(query: MarketQuery, signal?: AbortSignal): Promise<Page<Market>> {
  const { q, watched, limit, cursor } = query;
  const path = withQuery("/api/v1/markets", { q, watched: watched ? "true" : null, limit, cursor });
  return pageOf<Market>(path, await getJson(path, signal));
}

/** A command: what the service is asked to do. */
export interface Wish {
  method: "POST" | "PUT" | "DELETE";
  path: string;
  body?: Readonly<Record<string, unknown>>;
}

/**
 * Sends a command. Sent again with the same key, it is carried out once and answered as the first time;
 * what changes nothing needs none. The cookie of the session goes with it.
 * The answer's JSON, or null where it has none.
 */
export async function send(wish: Wish, key: string | null): Promise<unknown> {
  const { method, path, body } = wish;
  const headers: Record<string, string> = { accept: "application/json" };
  if (key !== null) headers["idempotency-key"] = key;
  if (body !== undefined) headers["content-type"] = "application/json";
  const response = await request(path, {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
  });
  return response.json().catch(() => null);
}

/** Debug command: ends an actor as a panic would, so that its supervisor restarts it. */
export const killActor = (name: string): Wish => ({
  method: "POST",
  path: `/api/v1/system/actors/${encodeURIComponent(name)}/kill`,
});
