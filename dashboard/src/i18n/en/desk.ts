import { count, number } from "./words";

export const desk = {
  all: "All",
  allOf: (title: string) => `All: ${title}`,
  equity: "Equity",
  equityLine: (amount: string) => `Equity over time, now ${amount}`,
  drawdown: (amount: string) => `$${amount} below its peak here`,
  sinceOpened: "since this page was opened",
  sinceKept: "as the service kept it",
  equityEmpty: "The line begins with the next news of trading.",
  limits: "Limits, the fullest",
  limitsEmpty: "No limit is a room that fills.",
  feed: "Market data",
  connections: "Connections",
  connectionsLive: (live: number, all: number) =>
    `${number.format(live)} of ${count(all, "connection", "connections")} live`,
  looks: "Looks",
  trades: "Trades of others",
  swarm: "Models",
  database: "Database",
  noOpportunity: "Nothing is open at the moment.",
  noPosition: "Nothing is held.",
  noOrder: "No order is open.",
  noWhale: "No whale has been seen yet.",
  noForecast: "There is no forecast yet.",
  more: (n: number) => `${number.format(n)} more`,
  state: "State of trading",
};
