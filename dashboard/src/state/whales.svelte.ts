import { getWhaleRecord, getWhales, type Whale, type WhaleQuery } from "../api/whales";
import { toMillis } from "../core/time";
import { clock } from "./clock.svelte";
import { FactList } from "./fact-list.svelte";
import { Polled } from "./polled.svelte";
import { system } from "./system.svelte";

export const whales = new FactList<Whale, WhaleQuery>(
  {
    fetch: getWhales,
    matches: () => false,
    moment: (it) => it.at,
    changed: (it) => it.at,
  },
  { kind: "", class: "", usd_min: "", wallet: "", market: "" },
);

export const whaleRecord = new Polled(getWhaleRecord);

/** How long no trade has been heard of, where the feed says that it is too long; otherwise null. */
export function tradesSilentMs(): number | null {
  const trades = system.data?.trades ?? null;
  if (trades === null || trades.state === "live" || trades.state === "connecting") return null;
  const last = toMillis(trades.last_data_at);
  return last === null ? 0 : clock.ageOf(last);
}
