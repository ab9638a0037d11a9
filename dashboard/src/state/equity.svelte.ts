import type { Trading } from "../api/trading";
import { isNegative, sumOf } from "../core/decimal";
import { joined, withPoint, type Point } from "../core/series";
import { toMillis } from "../core/time";
import { equityPast } from "./portfolio.svelte";

const restMs = 2_000;
/** An hour, at one point in two seconds. */
const pointsMax = 1_800;

const measures = ["equity_usd", "net_usd", "drawdown_usd"] as const;
type Measure = (typeof measures)[number];
type Lines = Readonly<Record<Measure, readonly Point[]>>;

const each = (line: (measure: Measure) => readonly Point[]): Lines => ({
  equity_usd: line("equity_usd"),
  net_usd: line("net_usd"),
  drawdown_usd: line("drawdown_usd"),
});

/** How far the equity is below its peak. The service notes its peak now and then; it may be above it. */
function below(view: Trading): string {
  const fall = sumOf([view.equity_peak_usd ?? view.equity_usd, `-${view.equity_usd}`.replace("--", "")]);
  return isNegative(fall) ? "0" : fall;
}

/** Equity, what was earned and the fall from the peak: as seen since the page was opened, after what the service kept. */
class EquityState {
  #seen = $state.raw<Lines>(each(() => []));

  accept(view: Trading): void {
    const at = toMillis(view.at) ?? Date.now();
    const said: Readonly<Record<Measure, string>> = {
      equity_usd: view.equity_usd,
      net_usd: view.total.net_usd,
      drawdown_usd: below(view),
    };
    this.#seen = each((it) =>
      withPoint(this.#seen[it], { at, value: Number(said[it]), said: said[it] }, restMs, pointsMax),
    );
  }

  readonly lines: Lines = $derived.by(() => {
    const past = equityPast.data?.data ?? [];
    return each((it) =>
      joined(
        past.map((point) => ({ at: Date.parse(point.at), value: Number(point[it]), said: point[it] })),
        this.#seen[it],
      ),
    );
  });

  /** Whether it reaches back beyond the opening of the page. */
  readonly kept: boolean = $derived((equityPast.data?.data.length ?? 0) > 0);
}

export const equity = new EquityState();
