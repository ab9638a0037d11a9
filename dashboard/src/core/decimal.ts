/**
 * Decimal strings, exactly. Nothing here goes through a floating-point number: a value is read into
 * a whole number of its smallest unit and written back.
 */

/** Which way a digit that is not shown pushes the last one that is. */
export type Rounding =
  /** Towards minus infinity: what is received is never overstated. */
  | "floor"
  /** Towards plus infinity: what is paid is never understated. */
  | "ceiling"
  /** To the nearest, halves away from zero. */
  | "nearest";

interface Exact {
  units: bigint;
  places: number;
}

const pattern = /^(-?)(\d{1,40})(?:\.(\d{1,40}))?$/;

function read(text: string): Exact | null {
  const match = pattern.exec(text);
  if (match === null) return null;
  const [, sign = "", whole = "0", fraction = ""] = match;
  const units = BigInt(whole + fraction);
  return { units: sign === "-" ? -units : units, places: fraction.length };
}

const tenTo = (places: number): bigint => 10n ** BigInt(places);

function rescale({ units, places }: Exact, wanted: number, rounding: Rounding): bigint {
  if (wanted >= places) return units * tenTo(wanted - places);
  const step = tenTo(places - wanted);
  const quotient = units / step;
  const rest = units % step;
  if (rest === 0n) return quotient;
  const away = units < 0n ? -1n : 1n;
  switch (rounding) {
    case "floor":
      return units < 0n ? quotient - 1n : quotient;
    case "ceiling":
      return units < 0n ? quotient : quotient + 1n;
    case "nearest":
      return (rest < 0n ? -rest : rest) * 2n >= step ? quotient + away : quotient;
  }
}

const groupThousands = (digits: string): string => digits.replace(/\B(?=(?:\d{3})+$)/g, ",");

function write(units: bigint, places: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, "0");
  const cut = digits.length - places;
  const whole = groupThousands(digits.slice(0, cut));
  const fraction = digits.slice(cut);
  const sign = units < 0n ? "\u2212" : "";
  return `${sign}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

/** What stands where no number can be shown. */
export const noNumber = "\u2013";

/** Writes a decimal string with thousands grouped and exactly `places` decimals. */
export function formatDecimal(text: string | null, places: number, rounding: Rounding): string {
  const exact = text === null ? null : read(text);
  return exact === null ? noNumber : write(rescale(exact, places, rounding), places);
}

/** The same value with every digit it came with, thousands grouped. */
export function formatExact(text: string | null): string {
  const exact = text === null ? null : read(text);
  return exact === null ? noNumber : write(exact.units, exact.places);
}

/** Shifts the point: a fraction to per cent, dollars to cents (`shift` 2). */
export function formatShifted(
  text: string | null,
  shift: number,
  places: number,
  rounding: Rounding,
): string {
  const exact = text === null ? null : read(text);
  if (exact === null) return noNumber;
  const shifted =
    exact.places >= shift
      ? { units: exact.units, places: exact.places - shift }
      : { units: exact.units * tenTo(shift - exact.places), places: 0 };
  return write(rescale(shifted, places, rounding), places);
}

const magnitudes = [
  { suffix: "k", places: 3 },
  { suffix: "M", places: 6 },
  { suffix: "B", places: 9 },
] as const;

const magnitudeOf = (units: bigint): bigint => (units < 0n ? -units : units);

/** A large amount in few characters, to the nearest: 12345.67 is 12.3k. For quantities at a glance. */
export function formatCompact(text: string | null): string {
  const exact = text === null ? null : read(text);
  if (exact === null) return noNumber;
  const whole = rescale(exact, 0, "nearest");
  if (magnitudeOf(whole) < 1_000n) return write(whole, 0);
  let shown = "";
  for (const { suffix, places } of magnitudes) {
    const tenths = rescale({ units: whole, places }, 1, "nearest");
    shown = `${write(tenths, 1)}${suffix}`;
    if (magnitudeOf(tenths) < 10_000n) break;
  }
  return shown;
}

/** Basis points as per cent with two decimals: 3500 is 35.00. */
export function formatBips(bips: number | null): string {
  return bips === null || !Number.isSafeInteger(bips) ? noNumber : write(BigInt(bips), 2);
}

const keyPlaces = 18;

/**
 * A whole number that orders as the decimal does, for sorting many: read once, compared often. What
 * cannot be read is null.
 */
export function decimalKey(text: string): bigint | null {
  const exact = read(text);
  return exact === null ? null : rescale(exact, keyPlaces, "floor");
}

/** A written amount with its dollar sign, which stands after the minus. */
export const withDollar = (shown: string): string =>
  shown.startsWith("\u2212") ? `\u2212$${shown.slice(1)}` : shown === noNumber ? shown : `$${shown}`;

/** A price in cents with its sign; where there is none, the dash alone. */
export function formatCents(
  price: string | null | undefined,
  places: number,
  rounding: Rounding = "nearest",
): string {
  const shown = formatShifted(price ?? null, 2, places, rounding);
  return shown === noNumber ? shown : `${shown}\u00a2`;
}

/** The exact sum of decimal strings; what cannot be read counts as nothing. */
export function sumOf(texts: readonly string[]): string {
  const parts = texts.map(read).filter((it) => it !== null);
  const places = Math.max(0, ...parts.map((it) => it.places));
  const units = parts.reduce((sum, it) => sum + rescale(it, places, "nearest"), 0n);
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, "0");
  const cut = digits.length - places;
  return `${units < 0n ? "-" : ""}${digits.slice(0, cut)}${places === 0 ? "" : `.${digits.slice(cut)}`}`;
}

/** The same decimal string with at most `places` decimals, towards minus infinity, to be sent on. */
export function floorTo(text: string, places: number): string {
  const exact = read(text);
  if (exact === null) return text;
  const units = rescale(exact, places, "floor");
  return write(units, places).replaceAll(",", "").replace("\u2212", "-");
}

/** A whole number of smallest units as the decimal string that is sent on. */
function plain(units: bigint, places: number): string {
  return write(units, places).replaceAll(",", "").replace("\u2212", "-");
}

/** One decimal divided by another, none below zero, towards zero at `places` decimals; null where there is no such number. */
export function dividedDown(text: string, by: string, places: number): string | null {
  const [over, under] = [read(text), read(by)];
  if (over === null || under === null || over.units < 0n || under.units <= 0n) return null;
  return plain((over.units * tenTo(under.places + places)) / (under.units * tenTo(over.places)), places);
}

/** One decimal times another, to `places` decimals; null where there is no such number. */
export function times(text: string, by: string, places: number, rounding: Rounding): string | null {
  const [one, other] = [read(text), read(by)];
  if (one === null || other === null) return null;
  const product = { units: one.units * other.units, places: one.places + other.places };
  return plain(rescale(product, places, rounding), places);
}

/** Whether a decimal string is nothing. */
export const isZero = (text: string): boolean => read(text)?.units === 0n;

/** Whether a decimal string is below zero. */
export const isNegative = (text: string): boolean => (read(text)?.units ?? 0n) < 0n;

/** Part of a whole, from 0 to 1, for drawing a bar and nothing else. A whole of nothing is full. */
export function shareOf(part: string, whole: string): number | null {
  const [taken, room] = [decimalKey(part), decimalKey(whole)];
  if (taken === null || room === null) return null;
  if (taken <= 0n) return room <= 0n ? 1 : 0;
  if (taken >= room) return 1;
  return Number((taken * 10_000n) / room) / 10_000;
}
