import { setTimeLanguage } from "../core/time";
import { en, type Messages } from "./en";

/** The languages there is a file of, each under its own name. */
export const languages = {
  en: "English",
  "zh-Hans": "简体中文",
  "zh-Hant": "繁體中文",
} as const;
export type Language = keyof typeof languages;

/** One file per language; each has every message of English, checked by its type. Only English is always there. */
const catalogues: Readonly<Record<Language, () => Promise<Messages>>> = {
  en: async () => en,
  "zh-Hans": async () => (await import("./zh-Hans")).zhHans,
  "zh-Hant": async () => (await import("./zh-Hant")).zhHant,
};

export const isLanguage = (tag: string): tag is Language => Object.hasOwn(languages, tag);

/** How browsers name the Chinese of places where the old characters are written. */
const traditional = /^zh-(hant|tw|hk|mo)\b/i;

/** The first language the reader asked for that there is a file of. */
export function chooseLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    if (isLanguage(tag)) return tag;
    if (traditional.test(tag)) return "zh-Hant";
    if (/^zh\b/i.test(tag)) return "zh-Hans";
    if (/^en\b/i.test(tag)) return "en";
  }
  return "en";
}

/** The texts of the page, in the language that is used. */
export let t: Messages = en;

/** Takes a language's texts into use. One that cannot be loaded leaves the page as it was. */
export async function useLanguage(language: Language): Promise<boolean> {
  try {
    t = await catalogues[language]();
  } catch {
    return false;
  }
  setTimeLanguage(language, t.time);
  return true;
}
