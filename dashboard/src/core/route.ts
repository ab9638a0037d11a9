/** The page and its settings, as they stand in the address after `#`. */

/** The pages of the navigation, in its order. */
export const pages = [
  "desk",
  "opportunities",
  "markets",
  "trading",
  "portfolio",
  "decisions",
  "time-machine",
  "strategies",
  "risk",
  "whales",
  "forecasts",
  "system",
] as const;

/** One market has a page of its own, below the list of them. */
export const all = [...pages, "market"] as const;
export type PageName = (typeof all)[number];

/** The page of the navigation to which a page belongs. */
export const sectionOf = (page: PageName): (typeof pages)[number] => (page === "market" ? "markets" : page);

export interface Route {
  page: PageName;
  params: Readonly<Record<string, string>>;
  /** What the address names where there is no such page; the first one stands in for it. */
  missing?: string;
}

/** Longest name that is repeated to the reader. */
const missingCharsMax = 60;

/** No name, and the link that lets in, which leads to the first page. */
const leadsToFirst: ReadonlySet<string> = new Set(["", "login"]);

const isPage = (name: string): name is PageName => (all as readonly string[]).includes(name);

/** Reads `#/markets?q=mars`. No name is the first page, and an unknown one says so. */
export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const name = path.replace(/\/+$/, "");
  const params: Record<string, string> = {};
  for (const [key, value] of new URLSearchParams(query)) params[key] = value;
  if (isPage(name)) return { page: name, params };
  const nowhere = { page: "desk", params: {} } as const;
  return leadsToFirst.has(name) ? nowhere : { ...nowhere, missing: name.slice(0, missingCharsMax) };
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
