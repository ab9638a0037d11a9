import type { Timestamp } from "../api/types";

/** Milliseconds since 1970, or null where the text is not a time. */
export function toMillis(text: Timestamp | null): number | null {
  if (text === null) return null;
  const millis = Date.parse(text);
  return Number.isNaN(millis) ? null : millis;
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** A length of time in one unit, at most five characters up to a year: 340 ms, 4.2 s, 3 m, 5 h, 12 d. */
export function formatSpan(ms: number): string {
  const span = Math.max(0, ms);
  if (span < second) return `${Math.round(span)} ms`;
  if (span < 10 * second) return `${(Math.floor(span / 100) / 10).toFixed(1)} s`;
  if (span < 2 * minute) return `${Math.floor(span / second)} s`;
  if (span < 2 * hour) return `${Math.floor(span / minute)} m`;
  if (span < 2 * day) return `${Math.floor(span / hour)} h`;
  return `${Math.floor(span / day)} d`;
}

/** The same, without tenths: for ages that tick in a table. */
export const formatAge = (ms: number): string =>
  ms < second ? "now" : ms < 10 * second ? `${Math.floor(ms / second)} s` : formatSpan(ms);

const clockTime = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

/** Local time of day with seconds. */
export const formatClock = (millis: number): string => clockTime.format(millis);

const dayOfYear = new Intl.DateTimeFormat(undefined, {
  month: "short",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

/** Local time of day of a recent moment; of one that is half a day old, the day too. */
export const formatMoment = (millis: number, age_ms: number): string =>
  age_ms < 12 * hour ? formatClock(millis) : dayOfYear.format(millis);

const dayAndTime = new Intl.DateTimeFormat(undefined, {
  year: "numeric",
  month: "short",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

/** Local date and time to the minute. */
export const formatDateTime = (millis: number): string => dayAndTime.format(millis);
