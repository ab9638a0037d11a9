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

/** The words of lengths of time. */
export interface TimeUnits {
  now: string;
  ms: string;
  s: string;
  m: string;
  h: string;
  d: string;
}

let units: TimeUnits = { now: "now", ms: "ms", s: "s", m: "m", h: "h", d: "d" };

/** A length of time in one unit, at most five characters up to a year: 340 ms, 4.2 s, 3 m, 5 h, 12 d. */
export function formatSpan(ms: number): string {
  const span = Math.max(0, ms);
  if (span < second) return `${Math.round(span)} ${units.ms}`;
  if (span < 10 * second) return `${(Math.floor(span / 100) / 10).toFixed(1)} ${units.s}`;
  if (span < 2 * minute) return `${Math.floor(span / second)} ${units.s}`;
  if (span < 2 * hour) return `${Math.floor(span / minute)} ${units.m}`;
  if (span < 2 * day) return `${Math.floor(span / hour)} ${units.h}`;
  return `${Math.floor(span / day)} ${units.d}`;
}

/** The same, without tenths: for ages that tick in a table. */
export const formatAge = (ms: number): string =>
  ms < second ? units.now : ms < 10 * second ? `${Math.floor(ms / second)} ${units.s}` : formatSpan(ms);

const clockParts: Intl.DateTimeFormatOptions = {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
};
const momentParts: Intl.DateTimeFormatOptions = {
  month: "short",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
};

const dayParts: Intl.DateTimeFormatOptions = { month: "short", day: "2-digit" };

let clockTime = new Intl.DateTimeFormat(undefined, clockParts);
let dayOfYear = new Intl.DateTimeFormat(undefined, momentParts);
let dayAndTime = new Intl.DateTimeFormat(undefined, { ...momentParts, year: "numeric" });
let dayAlone = new Intl.DateTimeFormat(undefined, dayParts);

/** Writes times as they are written in a language from now on. */
export function setTimeLanguage(language: string, words: TimeUnits): void {
  units = words;
  // English readers keep the order of day and month of their own country.
  const locale = language === "en" ? undefined : language;
  clockTime = new Intl.DateTimeFormat(locale, clockParts);
  dayOfYear = new Intl.DateTimeFormat(locale, momentParts);
  dayAndTime = new Intl.DateTimeFormat(locale, { ...momentParts, year: "numeric" });
  dayAlone = new Intl.DateTimeFormat(locale, dayParts);
}

/** Local time of day with seconds. */
export const formatClock = (millis: number): string => clockTime.format(millis);

/** Local time of day of a recent moment; of one that is half a day old, the day too. */
export const formatMoment = (millis: number, age_ms: number): string =>
  age_ms < 12 * hour ? formatClock(millis) : dayOfYear.format(millis);

/** Local day of the year. */
export const formatDay = (millis: number): string => dayAlone.format(millis);

/** Local date and time to the minute. */
export const formatDateTime = (millis: number): string => dayAndTime.format(millis);
