/** Recorded sessions: what happened when, and every decision as it was. */

import { getObject, getPage } from "./client";
import type { Narrow } from "./narrow";
import type * as schema from "./schema";
import type { Gate } from "./trading";
import type { Page } from "./types";

export const pastKinds = [
  "opened",
  "changed",
  "closed",
  "raised",
  "passed",
  "approved",
  "refused",
  "ordered",
  "filled",
  "halted",
  "resumed",
  "noted",
] as const;
export type PastKind = (typeof pastKinds)[number];
export type PastTrust = "unknown" | "waiting" | "trusted" | "suspect" | "stale";

export type Session = Narrow<schema.RecordedSessionView, { state: "recording" | "over" }>;
export type Timeline = schema.TimelineView;
export type PastRow = Narrow<schema.RowView, { kind: PastKind }>;
export type PastLink = Narrow<schema.PastLinkView, { decision: PastRow }>;
export type PastLevel = schema.LevelThenView;
export type PastLadder = Narrow<schema.LadderThenView, { trust: PastTrust }>;
export type PastStanding = schema.StandingView;
export type PastMoment = Narrow<
  schema.MomentView,
  { ladders: PastLadder[]; before: PastRow | null; behind: PastRow | null }
>;
export type Judged = Narrow<schema.JudgedView, { gates: Gate[] }>;
export type PastDecision = Narrow<
  schema.DecisionThenView,
  { decision: PastRow; causes: PastLink[]; effects: PastLink[]; moment: PastMoment; judged: Judged[] }
>;

export interface PastQuery {
  from?: string;
  to?: string;
  who: string;
  kind: string;
  order: "asc" | "desc";
  limit: number;
}

const root = "/api/v1/sessions";
const of = (session: string): string => `${root}/${encodeURIComponent(session)}`;

export const getSessions = (signal: AbortSignal): Promise<Page<Session>> => getPage(root, {}, signal);

export const getTimeline = (session: string, buckets: number, signal: AbortSignal): Promise<Timeline> =>
  getObject(`${of(session)}/timeline?buckets=${buckets}`, "a timeline", ["counted", "buckets"], signal);

export const getPastDecisions = (
  session: string,
  query: PastQuery,
  signal: AbortSignal,
): Promise<Page<PastRow>> => getPage(`${of(session)}/decisions`, { ...query }, signal);

export const getPastDecision = (
  session: string,
  record: string,
  signal: AbortSignal,
): Promise<PastDecision> =>
  getObject(
    `${of(session)}/decisions/${encodeURIComponent(record)}`,
    "a decision",
    ["causes", "effects"],
    signal,
  );

export const getMoment = (session: string, at: string, signal: AbortSignal): Promise<PastMoment> =>
  getObject(`${of(session)}/moment?at=${encodeURIComponent(at)}`, "a moment", ["ladders", "feeds"], signal);
