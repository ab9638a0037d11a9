/** How far back a chart reaches: one choice for all charts of a page, in its address. */

export const spans = ["1h", "6h", "24h", "all"] as const;
export type Span = (typeof spans)[number];

const hourMs = 3_600_000;
/** The service answers for at most 400 days, and keeps fewer. */
const allMs = 399 * 24 * hourMs;

const lengths: Readonly<Record<Span, number>> = {
  "1h": hourMs,
  "6h": 6 * hourMs,
  "24h": 24 * hourMs,
  all: allMs,
};

/** The span of an address; a day where it names none. */
export const spanOf = (param: string): Span => spans.find((it) => it === param) ?? "24h";

/** Milliseconds. */
export const spanMs = (span: Span): number => lengths[span];

/** From when on the past is asked for, RFC 3339. */
export const spanFrom = (span: Span, now_ms: number): string =>
  new Date(now_ms - lengths[span]).toISOString();
