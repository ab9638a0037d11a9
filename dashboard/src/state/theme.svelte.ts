const key = "dutchbook.theme";

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

function stored(): Theme {
  try {
    const theme = localStorage.getItem(key);
    return theme === "light" || theme === "dark" ? theme : "system";
  } catch {
    return "system";
  }
}

class ThemeChoice {
  current = $state<Theme>(stored());

  next(): void {
    this.current = themes[(themes.indexOf(this.current) + 1) % themes.length] ?? "system";
    const root = document.documentElement;
    if (this.current === "system") delete root.dataset["theme"];
    else root.dataset["theme"] = this.current;
    try {
      if (this.current === "system") localStorage.removeItem(key);
      else localStorage.setItem(key, this.current);
    } catch {
      // Storage may be refused; the choice then holds until the page is left.
    }
  }
}

export const theme = new ThemeChoice();
