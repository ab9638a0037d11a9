import { getDecisionSummary, type DecisionSummary } from "../api/market";
import { Polled } from "./polled.svelte";

export const spans = ["hour", "day", "week"] as const;
export type Span = (typeof spans)[number];

const spanMs: Readonly<Record<Span, number>> = {
  hour: 3_600_000,
  day: 24 * 3_600_000,
  week: 7 * 24 * 3_600_000,
};

export type SummaryPoll = Polled<DecisionSummary>;

/** The funnel of one strategy, or of all, over the last while; asked for again while it is shown. */
export const summaryOf = (strategy: string, span: Span): SummaryPoll =>
  new Polled((signal) =>
    getDecisionSummary({ strategy, from: new Date(Date.now() - spanMs[span]).toISOString() }, signal),
  );
