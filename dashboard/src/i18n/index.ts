import { en, type Messages } from "./en";

/** One file per language; each has every message of English, checked by its type. */
const catalogues = { en } satisfies Record<string, Messages>;

type Language = keyof typeof catalogues;

const isLanguage = (tag: string): tag is Language => tag in catalogues;

/** The first language the reader asked for that there is a file of. */
export function chooseLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const base = tag.split("-", 1)[0] ?? "";
    if (isLanguage(tag)) return tag;
    if (isLanguage(base)) return base;
  }
  return "en";
}

/** The texts of the page. */
export const t: Messages = catalogues[chooseLanguage(navigator.languages)];
