import type { Forecast, Member, Vote } from "../api/forecasts";
import type { AnswerKind } from "../core/answer";
import type { Standing } from "../core/skill";
import type { SwarmActivity } from "../core/swarm";
import type { MarkLook } from "./marks";

export const voteMarks: Record<Vote, MarkLook> = {
  YES: { shape: "disc", tone: "good" },
  NO: { shape: "cross", tone: "warn" },
  NO_TRADE: { shape: "dash", tone: "quiet" },
};

export const swarmMarks: Record<SwarmActivity, MarkLook> = {
  off: { shape: "ring", tone: "quiet" },
  starting: { shape: "half", tone: "quiet" },
  ready: { shape: "disc", tone: "good" },
  asking: { shape: "half", tone: "good" },
  saving: { shape: "triangle", tone: "warn" },
  budget_used: { shape: "square", tone: "warn" },
};

export const memberMarks: Record<Member["state"], MarkLook> = {
  on: { shape: "disc", tone: "good" },
  off: { shape: "ring", tone: "quiet" },
};

export const stageMarks: Record<Forecast["state"], MarkLook> = {
  asking: { shape: "half", tone: "quiet" },
  published: { shape: "disc", tone: "good" },
  failed: { shape: "cross", tone: "warn" },
};

export const answerMarks: Record<AnswerKind, MarkLook> = {
  answered: { shape: "disc", tone: "good" },
  abstained: { shape: "dash", tone: "quiet" },
  late: { shape: "clock", tone: "warn" },
  refused: { shape: "cross", tone: "warn" },
  malformed: { shape: "triangle", tone: "warn" },
  provider: { shape: "cross", tone: "bad" },
  budget: { shape: "square", tone: "warn" },
  failed: { shape: "cross", tone: "bad" },
};

export const standingMarks: Record<Standing, MarkLook> = {
  unknown: { shape: "ring", tone: "quiet" },
  better: { shape: "disc", tone: "good" },
  worse: { shape: "cross", tone: "warn" },
  open: { shape: "dash", tone: "quiet" },
};
