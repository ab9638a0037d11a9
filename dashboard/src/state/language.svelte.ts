import { chooseLanguage, isLanguage, useLanguage, type Language } from "../i18n";

const key = "dutchbook.language";

function stored(): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

/** The language of the page: the reader's choice, or what the browser asks for. */
class LanguageChoice {
  current = $state<Language>("en");

  /** Loads the language to begin with; the page is drawn afterwards. */
  async start(): Promise<void> {
    const chosen = stored();
    await this.#use(isLanguage(chosen) ? chosen : chooseLanguage(navigator.languages));
  }

  async choose(language: Language): Promise<void> {
    if (!(await this.#use(language))) return;
    try {
      localStorage.setItem(key, language);
    } catch {
      // Storage may be refused; the choice then holds until the page is left.
    }
  }

  async #use(language: Language): Promise<boolean> {
    if (!(await useLanguage(language))) return false;
    document.documentElement.lang = language;
    this.current = language;
    return true;
  }
}

export const language = new LanguageChoice();
