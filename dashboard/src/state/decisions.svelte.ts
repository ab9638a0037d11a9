import { getDecisions, type DecisionQuery } from "../api/desk";
import type { Decision } from "../api/trading";
import { FactList } from "./fact-list.svelte";

export const decisions = new FactList<Decision, DecisionQuery>(
  {
    fetch: getDecisions,
    matches: (query, it) =>
      (query.verdict === "" || it.verdict === query.verdict) &&
      (query.strategy === "" || it.strategy === query.strategy) &&
      (query.opportunity === "" || it.opportunity_id === query.opportunity) &&
      (query.signal === "" || it.signal_id === query.signal),
    moment: (it) => it.at,
    changed: (it) => it.at,
  },
  { verdict: "", strategy: "", opportunity: "", signal: "" },
);
