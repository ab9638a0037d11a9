import type { Swarm } from "../api/forecasts";

/** How the swarm stands, in one word. What keeps it from asking comes first. */
export type SwarmActivity = "off" | "starting" | "budget_used" | "saving" | "asking" | "ready";

export function activityOf({
  state,
  budget,
  running,
}: Pick<Swarm, "state" | "budget" | "running">): SwarmActivity {
  if (state !== "on") return state;
  if (budget.level === "stop") return "budget_used";
  if (budget.level !== "full") return "saving";
  return running.length > 0 ? "asking" : "ready";
}
