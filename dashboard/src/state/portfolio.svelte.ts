import { getEquity, getFills, getLedger, getResults } from "../api/portfolio";
import type { Equity, FillQuery, LedgerQuery, NamedEntry, NamedFill } from "../api/portfolio";
import type { Result, ResultGrouping } from "../api/trading";
import { spanFrom, spanOf } from "../core/span";
import { FactList } from "./fact-list.svelte";
import { Polled } from "./polled.svelte";
import { router } from "./router.svelte";

export const fillList = new FactList<NamedFill, FillQuery>(
  {
    fetch: getFills,
    matches: (query, it) =>
      (query.strategy === "" || it.strategy === query.strategy) &&
      (query.market === "" || it.condition_id === query.market),
    moment: (it) => it.at,
    changed: (it) => it.updated_at,
  },
  { strategy: "", market: "" },
);

/** Entries are not told by the socket: what a fill changes is asked for. */
export const ledger = new FactList<NamedEntry, LedgerQuery>(
  {
    fetch: getLedger,
    matches: () => false,
    moment: (it) => it.at,
    changed: (it) => it.at,
  },
  { strategy: "", phase: "", cause: "" },
);

export const results: Readonly<Record<ResultGrouping, Polled<Result[]>>> = {
  day: new Polled((signal) => getResults("day", signal)),
  strategy: new Polled((signal) => getResults("strategy", signal)),
  market: new Polled((signal) => getResults("market", signal)),
  group: new Polled((signal) => getResults("group", signal)),
};

/** The equity's past, as far back as the reader chose. */
export const equityPast = new Polled<Equity>((signal) =>
  getEquity(spanFrom(spanOf(router.param("span")), Date.now()), signal),
);
