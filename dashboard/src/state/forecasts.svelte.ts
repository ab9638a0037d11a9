import { getForecasts, getSwarm, type Forecast, type ForecastQuery } from "../api/forecasts";
import { FactList } from "./fact-list.svelte";
import { Polled } from "./polled.svelte";

export const forecasts = new FactList<Forecast, ForecastQuery>(
  {
    fetch: getForecasts,
    matches: () => false,
    moment: (it) => it.made_at,
    changed: (it) => it.resolution?.at ?? it.made_at,
  },
  { market: "" },
);

export const swarm = new Polled(getSwarm);
