/** The page and its settings, as they stand in the address after `#`. */

export const pages = [
  "opportunities",
  "trading",
  "decisions",
  "risk",
  "markets",
  "whales",
  "forecasts",
  "system",
] as const;
export type PageName = (typeof pages)[number];

export interface Route {
  page: PageName;
  params: Readonly<Record<string, string>>;
}

const isPage = (name: string): name is PageName => (pages as readonly string[]).includes(name);

/** Reads `#/markets?q=mars`. An unknown page is the first one. */
export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const name = path.replace(/\/+$/, "");
  const params: Record<string, string> = {};
  for (const [key, value] of new URLSearchParams(query)) params[key] = value;
  return isPage(name) ? { page: name, params } : { page: "opportunities", params: {} };
}

/** Writes the address; empty settings are left out. */
export function formatRoute(page: PageName, params: Readonly<Record<string, string | null>> = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) {
    if (value !== null && value !== "") search.set(key, value);
  }
  const query = search.toString();
  return query === "" ? `#/${page}` : `#/${page}?${query}`;
}
