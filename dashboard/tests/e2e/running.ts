import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { expect } from "vitest";
import { eventually, service, visit, wide, type Visit } from "./harness";

/** The administrator's token of the running service, or empty. */
export const token = process.env["DUTCHBOOK_TOKEN"] ?? "";
/** The link that it printed, or empty. */
export const link = process.env["DUTCHBOOK_LINK"] ?? "";
let printed = link;

/** A link that was not opened yet: the printed one, and another where a test is tried again. */
export async function unusedLink(): Promise<string> {
  const unused = printed;
  printed = "";
  if (unused !== "") return unused;
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${service}/api/v1/session/links`, { method: "POST", headers });
  return ((await answer.json()) as { link: string }).link;
}

if (token === "") process.stderr.write("SKIPPED: tests of commands: DUTCHBOOK_TOKEN is not given\n");

export const everyPage = [
  "Desk",
  "Opportunities",
  "Markets",
  "Trading",
  "Portfolio",
  "Decisions",
  "Strategies",
  "Risk",
  "Whales",
  "Forecasts",
  "System",
] as const;

/** Visits of the running service by someone whom it knows: logged in once, like a person. */
export class Reader {
  #visited: Visit | undefined;
  #session: Promise<NonNullable<BrowserContextOptions["storageState"]>> | null = null;

  constructor(readonly browser: Browser) {}

  async #enter(): Promise<NonNullable<BrowserContextOptions["storageState"]>> {
    const context = await this.browser.newContext();
    try {
      const path = `${service}/api/v1/session`;
      const answer = await context.request.post(path, { data: { token }, headers: { origin: service } });
      expect(answer.status()).toBe(201);
      return await context.storageState();
    } finally {
      await context.close();
    }
  }

  async come(hash: string, options: BrowserContextOptions = wide, address = service): Promise<Page> {
    this.#session ??= this.#enter();
    const storageState = await this.#session;
    this.#visited = await visit(this.browser, `${address}/${hash}`, { ...options, storageState });
    return this.#visited.page;
  }

  /** Ends the visit, in which nothing may have been complained of. */
  async leave(): Promise<void> {
    const visited = this.#visited;
    this.#visited = undefined;
    await visited?.close();
    expect(visited?.faults ?? []).toEqual([]);
  }
}

/** Markets whose first outcome can be bought now, the most traded first. */
export async function buyable(page: Page): Promise<string[]> {
  let found: string[] = [];
  await eventually("some market can be bought", async () => {
    found = await page.evaluate(async () => {
      type Listed = {
        condition_id: string;
        state: string;
        outcomes: { trust: string; best_ask: string | null }[];
      };
      const answer = await fetch("/api/v1/markets?watched=true&limit=200");
      const { data } = (await answer.json()) as { data: Listed[] };
      return data
        .filter(({ outcomes: [first] }) => first?.trust === "trusted" && Number(first.best_ask ?? 1) < 0.9)
        .map(({ condition_id }) => condition_id);
    });
    return found.length > 0;
  });
  return found;
}
