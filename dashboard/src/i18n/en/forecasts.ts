import type { Member, Vote } from "../../api/forecasts";
import type { AnswerKind } from "../../core/answer";
import type { SwarmActivity } from "../../core/swarm";
import type { Standing } from "../../core/skill";
import { count, number } from "./words";

export const forecasts = {
  title: "Forecasts",
  caption: "Forecasts, newest first",
  column: {
    at: "Asked",
    question: "Question",
    market: "Market",
    blind: "Blind",
    blended: "Blended",
    band: "Band",
    votes: "Votes",
    confidence: "Sure",
    result: "Result",
  },
  hint: {
    market: "The market’s price when the swarm was asked",
    blind: "What the models say without the price",
    blended: "After the market’s price was mixed in",
    band: "Nine of ten such bands are meant to hold the truth",
    confidence: "How sure the models are together, 0 to 100",
  },
  vote: { YES: "YES", NO: "NO", NO_TRADE: "NO TRADE" } satisfies Record<Vote, string>,
  voteHint: {
    YES: "The first outcome is worth more than its price",
    NO: "The first outcome is worth less than its price",
    NO_TRADE: "Too close to the price, or it would rather not say",
  } satisfies Record<Vote, string>,
  agree: (n: number, of: number) => `${number.format(n)} of ${number.format(of)} agree`,
  tally: (yes: number, no: number, none: number) => `${yes} YES, ${no} NO, ${none} NO TRADE`,
  band: (low: string, high: string) => `${low} to ${high}`,
  bandDrawn: (low: string, high: string, market: string) =>
    `Band from ${low} to ${high}, market at ${market}`,
  byPerson: "asked by a person",
  asking: "Asking…",
  failed: "No forecast",
  pending: "open",
  paid: (share: string) => `paid ${share}`,
  expand: (title: string) => `What each model said: ${title}`,
  onlyMarket: (title: string) => `Only ${title}`,
  clear: "Show all",
  empty: "There is no forecast yet.",
  emptyHint: "The swarm asks by itself about markets that suit it. You can also ask about one.",
  emptyFiltered: "There is no forecast of this market.",

  ask: {
    open: "Ask for a forecast…",
    title: "Ask for a forecast",
    text: "Every model of the swarm is asked about one market, without its price. It costs a little of the day’s budget.",
    market: "Market: its slug, or its condition id",
    confirm: "Ask the swarm",
    done: "The models are being asked. The forecast appears in the list when enough of them have answered.",
    toForecast: "To the forecast",
  },

  detail: {
    loading: "Loading what each model said",
    broken: (what: string) => `What each model said could not be loaded. ${what}`,
    weight: (market: string) => `${market} of the blend is the market’s price.`,
    closes: (moment: string) => `The market ends ${moment}.`,
    closesUnknown: "The market’s end is not known.",
    cost: (amount: string) => `All calls together cost ${amount}.`,
    scored: (ours: string, market: string) => `Brier ${ours}, the market’s price ${market}. Less is better.`,
    members: "What each model said",
    all: "All forecasts of this market",
    toMarket: "To the market",
  },

  ballot: {
    stated: "said",
    calibrated: "read as",
    calibratedHint: "Corrected by what is known of its habits",
    weight: "weight",
    nothing: "said nothing that counts",
    answers: (answered: number, asked: number) =>
      `${number.format(answered)} of ${count(asked, "answer", "answers")}`,
    show: "Answers and reasons",
  },

  answer: {
    state: {
      answered: "Answered",
      abstained: "Would rather not say",
      late: "Late",
      refused: "Refused",
      malformed: "Unreadable",
      provider: "Not reached",
      budget: "Not asked",
      failed: "Failed",
    } satisfies Record<AnswerKind, string>,
    repaired: "its first answer could not be read",
    lateHint: "It is scored, and moved nothing.",
    reasonsFor: "For",
    reasonsAgainst: "Against",
    noReasons: "It gave no reasons.",
    took: (span: string) => `took ${span}`,
    cost: (amount: string) => `cost ${amount}`,
    number: (n: number) => `Answer ${number.format(n)}`,
  },

  swarm: {
    title: "The swarm",
    state: {
      off: "Off",
      starting: "Starting",
      ready: "Ready",
      asking: "Asking",
      saving: "Saving",
      budget_used: "Budget used up",
    } satisfies Record<SwarmActivity, string>,
    how: (samples: number, quorum: number, deadline: string) =>
      `${count(samples, "call", "calls")} to each model; at least ${number.format(quorum)} must answer within ${deadline}.`,
    every: (span: string) => `A question of its own every ${span}.`,
    onDemand: "It asks only when somebody wants it.",
    running: "Questions being asked",
    progress: (answered: number, expected: number) =>
      `${number.format(answered)} of ${count(expected, "call", "calls")} back`,
    offNote: "Nothing else depends on it: markets, trading and whales go on.",
    budget: "Budget of the day",
    budgetOf: (used: string, day: string) => `${used} of ${day} used`,
    reserved: (amount: string) => `${amount} reserved for calls under way`,
    refused: (n: number) => `${count(n, "call", "calls")} found no room`,
    standing: {
      unknown: "No forecast is resolved yet, so nothing is known of the swarm’s skill.",
      better: "The swarm has been better than the market’s price, beyond chance.",
      worse: "The swarm has been worse than the market’s price. Do not follow it.",
      open: "There is no proof that the swarm beats the market’s price.",
    } satisfies Record<Standing, string>,
    resolved: (n: number, min: number) =>
      `${number.format(n)} of ${number.format(min)} resolved questions that a live size would need.`,
    show: "Show the scores",
  },

  picks: {
    title: "Top picks",
    caption: "The picks, best first",
    empty: "No pick: the models would trade none of the latest forecasts.",
    off: "No pick while no model is asked.",
    note: "By how many models agree. This is no advice: see how right they were.",
  },

  members: {
    title: "Models",
    caption: "Models and how right they were",
    member: "Model",
    weight: "Weight",
    brier: "Brier",
    brierHint: "Mean squared error of its probabilities; less is better",
    skill: "Skill",
    skillHint: "Brier gained on the market’s price, with its 95% interval. Above zero is better.",
    cost: "Cost $",
    costHint:
      "Of a model: its calls of this day (UTC), and one resolved forecast. Of the swarm: one resolved forecast",
    sinceStart: (amount: string) => `${amount} since the start`,
    state: {
      on: "On",
      off: "Off",
    } satisfies Record<Member["state"], string>,
    counts: (answered: number, asked: number) =>
      `${number.format(answered)} of ${count(asked, "call", "calls")} answered`,
    resolved: (n: number) => `${number.format(n)} resolved`,
    each: (amount: string) => `${amount} each`,
    interval: (low: string, high: string) => `${low} to ${high}`,
    none: "none yet",
    noInterval: "too few for an interval",
    all: "The swarm",
    market: "The market’s price",
    perThousandth: (amount: string) => `Each thousandth of Brier gained on the market cost ${amount}.`,
    empty: "No model is set.",
    emptyHint: "Models come from the settings, or from the keys of the known providers.",
  },

  categories: {
    title: "By category",
    caption: "How right the swarm was, by category",
    category: "Category",
    none: "no category",
    resolved: "Resolved",
    brier: "Brier",
    market: "Market",
  },

  calibration: {
    title: "Calibration",
    caption: "What was said, and how often it came about",
    chart: "Chart of the table beside it: points on the diagonal said what came about",
    said: "Said",
    happened: "Came about",
    interval: "95% interval",
    count: "Forecasts",
    bin: (from: string, to: string) => `${from}–${to}`,
    empty: "Nothing is resolved yet.",
    emptyHint: "The curve appears when markets that were forecast have ended.",
  },
};
