import type { Market, MarketUpdate, Page } from "../api/types";

function updated(market: Market, update: MarketUpdate): Market {
  const [first, ...others] = market.outcomes;
  if (first === undefined) return market;
  return {
    ...market,
    outcomes: [
      {
        ...first,
        best_bid: update.bid === undefined ? first.best_bid : update.bid,
        best_ask: update.ask === undefined ? first.best_ask : update.ask,
        trust: update.trust ?? first.trust,
      },
      ...others,
    ],
  };
}

/** Applies a socket update, which speaks of the first outcome; the page is unchanged where the market is not on it. */
export function applyMarketUpdate(page: Page<Market>, update: MarketUpdate): Page<Market> {
  const place = page.data.findIndex(({ condition_id }) => condition_id === update.condition_id);
  const market = page.data[place];
  return market === undefined ? page : { ...page, data: page.data.with(place, updated(market, update)) };
}
