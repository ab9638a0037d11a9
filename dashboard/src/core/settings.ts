import { formatExact, withDollar } from "./decimal";
import { formatSpan } from "./time";

export type SettingValue = string | number | boolean;

export interface Setting {
  name: string;
  value: SettingValue;
}

/** The settings that a page can show and change: plain values by their names, in the service's order. */
export function settingsOf(settings: object | null): Setting[] {
  return Object.entries(settings ?? {}).flatMap(([name, value]: [string, unknown]) =>
    typeof value === "string" || typeof value === "number" || typeof value === "boolean"
      ? [{ name, value }]
      : [],
  );
}

/** A setting with its unit, which its name ends with. */
export function formatSetting({ name, value }: Setting, words: { yes: string; no: string }): string {
  if (typeof value === "boolean") return value ? words.yes : words.no;
  if (/_usd(_|$)/.test(name)) return withDollar(formatExact(String(value)));
  if (/_ms(_|$)/.test(name) && typeof value === "number") return formatSpan(value);
  return formatExact(String(value)) === "\u2013" ? String(value) : formatExact(String(value));
}

/** What was typed, as the kind of value it stands for; null where it is none. */
export function readSetting(typed: string, like: SettingValue): SettingValue | null {
  const text = typed.trim();
  if (typeof like === "string") return text === "" ? null : text;
  const number = Number(text);
  return text !== "" && Number.isSafeInteger(number) && number >= 0 ? number : null;
}

/** Only what differs: the others stay as they are, whoever changes them meanwhile. */
export function changesOf(
  before: readonly Setting[],
  after: Readonly<Record<string, SettingValue>>,
): Setting[] {
  return before.flatMap(({ name, value }) => {
    const next = after[name];
    return next === undefined || next === value ? [] : [{ name, value: next }];
  });
}
