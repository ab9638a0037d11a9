import { getAlerts, getChannels, type Alert, type AlertQuery, type Channels } from "../api/alerts";
import { FactList } from "./fact-list.svelte";
import { Polled } from "./polled.svelte";

/** When something of an alert last changed: the newest try of any of its messages. */
function changed(it: Alert): string {
  const moments = it.deliveries.flatMap(({ sent_at }) => (sent_at === null ? [] : [sent_at]));
  return moments.reduce((a, b) => (Date.parse(a) >= Date.parse(b) ? a : b), it.at);
}

export const alerts = new FactList<Alert, AlertQuery>(
  {
    fetch: getAlerts,
    matches: (query, it) =>
      (query.severity === "" || it.severity === query.severity) &&
      (query.state === "" || it.deliveries.some(({ state }) => state === query.state)),
    moment: (it) => it.at,
    changed,
  },
  { severity: "", state: "" },
);

export const channels = new Polled<Channels>(getChannels);
