import { getForecasts, getSwarm, type Forecast, type ForecastQuery } from "../api/forecasts";
import { FactList } from "./fact-list.svelte";
import { Polled } from "./polled.svelte";

export const forecasts = new FactList<Forecast, ForecastQuery>(
  {
    fetch: getForecasts,
    matches: (query, it) => query.condition_id === "" || it.condition_id === query.condition_id,
    moment: (it) => it.asked_at,
    changed: (it) => it.resolved_at ?? it.made_at ?? it.asked_at,
  },
  { condition_id: "" },
);

export const swarm = new Polled(getSwarm);
