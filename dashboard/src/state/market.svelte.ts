import { getForecasts, type Forecast } from "../api/forecasts";
import {
  getBook,
  getMarket,
  getPrices,
  getSiblings,
  type MarketBook,
  type MarketDetail,
  type PricePoint,
} from "../api/market";
import { getOrdersIn } from "../api/desk";
import { getFills, type NamedFill } from "../api/portfolio";
import type { Order } from "../api/trading";
import type { Market, MarketUpdate } from "../api/types";
import { getWhales, type Whale } from "../api/whales";
import { joined, withPoint, type Point } from "../core/series";
import { spanFrom, spanOf } from "../core/span";
import { applyMarketUpdate } from "./market-page";
import { Polled } from "./polled.svelte";
import { router } from "./router.svelte";

const restMs = 1_000;
const pointsMax = 1_800;
const rowsMax = 20;
const first = { limit: rowsMax, cursor: null };

/** Everything that is shown of one market, while it is shown. */
export class MarketView {
  #bids = $state.raw<readonly Point[]>([]);
  #asks = $state.raw<readonly Point[]>([]);
  readonly market: Polled<MarketDetail>;
  readonly book: Polled<MarketBook>;
  readonly prices: Polled<PricePoint[]>;
  readonly orders: Polled<Order[]>;
  readonly fills: Polled<NamedFill[]>;
  readonly forecasts: Polled<Forecast[]>;
  readonly whales: Polled<Whale[]>;
  readonly siblings: Polled<Market[]>;

  constructor(readonly id: string) {
    this.market = new Polled(async (signal) => {
      const market = await getMarket(id, signal);
      this.#note(Date.now(), market.outcomes[0]?.best_bid, market.outcomes[0]?.best_ask);
      return market;
    });
    this.book = new Polled((signal) => getBook(id, signal));
    this.prices = new Polled((signal) =>
      getPrices(id, spanFrom(spanOf(router.param("span")), Date.now()), signal),
    );
    this.orders = new Polled(async (signal) => (await getOrdersIn(id, first, signal)).data);
    this.fills = new Polled(
      async (signal) => (await getFills({ strategy: "", market: id }, first, signal)).data,
    );
    this.forecasts = new Polled(
      async (signal) => (await getForecasts({ condition_id: id }, first, signal)).data,
    );
    this.whales = new Polled(
      async (signal) =>
        (await getWhales({ kind: "", class: "", usd_min: "", wallet: "", market: id }, first, signal)).data,
    );
    this.siblings = new Polled(async (signal) => {
      const group = this.market.data?.group ?? null;
      return group === null ? [] : (await getSiblings(group.id, signal)).data;
    });
  }

  accept(update: MarketUpdate): void {
    if (update.condition_id !== this.id) return;
    const market = this.market.data;
    if (market !== null) {
      const [next] = applyMarketUpdate({ data: [market], next_cursor: null }, update).data;
      if (next !== undefined) this.market.accept({ ...market, ...next });
    }
    this.#note(Date.parse(update.timestamp), update.bid, update.ask);
    this.book.changed();
  }

  /** Best prices at a moment, for the line. */
  #note(at: number, bid: string | null | undefined, ask: string | null | undefined): void {
    if (bid) this.#bids = withPoint(this.#bids, { at, value: Number(bid), said: bid }, restMs, pointsMax);
    if (ask) this.#asks = withPoint(this.#asks, { at, value: Number(ask), said: ask }, restMs, pointsMax);
  }

  #past(of: "bid" | "ask"): Point[] {
    return (this.prices.data ?? []).flatMap((it) => {
      const text = it[of] ?? it.price;
      return [{ at: Date.parse(it.at), value: Number(text), said: text }];
    });
  }

  readonly bids: readonly Point[] = $derived.by(() => joined(this.#past("bid"), this.#bids));
  readonly asks: readonly Point[] = $derived.by(() => joined(this.#past("ask"), this.#asks));

  /** Whether the line reaches back beyond the opening of the page. */
  get kept(): boolean {
    return (this.prices.data?.length ?? 0) > 0;
  }
}

/** The market that is on the screen, if one is. */
class ShownMarket {
  view = $state.raw<MarketView | null>(null);

  show(id: string): void {
    this.view = id === "" ? null : new MarketView(id);
  }

  accept(update: MarketUpdate): void {
    this.view?.accept(update);
  }
}

export const shownMarket = new ShownMarket();
