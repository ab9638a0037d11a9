import type { Trading } from "../api/trading";
import { joined, withPoint, type Point } from "../core/series";
import { toMillis } from "../core/time";
import { equityPast } from "./portfolio.svelte";

const restMs = 2_000;
/** An hour, at one point in two seconds. */
const pointsMax = 1_800;

/** Equity as it was seen since the page was opened, after what the service kept of it. */
class EquityState {
  #seen = $state.raw<readonly Point[]>([]);

  accept(view: Trading): void {
    const at = toMillis(view.at) ?? Date.now();
    this.#seen = withPoint(this.#seen, { at, value: Number(view.equity_usd) }, restMs, pointsMax);
  }

  readonly points: readonly Point[] = $derived.by(() => {
    const past = (equityPast.data?.data ?? []).map((it) => ({
      at: Date.parse(it.at),
      value: Number(it.equity_usd),
    }));
    return joined(past, this.#seen);
  });

  /** Whether it reaches back beyond the opening of the page. */
  readonly kept: boolean = $derived((equityPast.data?.data.length ?? 0) > 0);
}

export const equity = new EquityState();
