import type { AnswerState, Member, SwarmActivity, Vote } from "../api/forecasts";
import type { Standing } from "../core/skill";
import type { MarkLook } from "./marks";

export const voteMarks: Record<Vote, MarkLook> = {
  YES: { shape: "disc", tone: "good" },
  NO: { shape: "cross", tone: "warn" },
  NO_TRADE: { shape: "dash", tone: "quiet" },
};

export const swarmMarks: Record<SwarmActivity, MarkLook> = {
  off: { shape: "ring", tone: "quiet" },
  idle: { shape: "disc", tone: "good" },
  asking: { shape: "half", tone: "good" },
  degraded: { shape: "triangle", tone: "warn" },
  budget_used: { shape: "square", tone: "warn" },
};

export const memberMarks: Record<Member["state"], MarkLook> = {
  ready: { shape: "disc", tone: "good" },
  asking: { shape: "half", tone: "good" },
  failing: { shape: "triangle", tone: "bad" },
  off: { shape: "ring", tone: "quiet" },
};

export const answerMarks: Record<AnswerState, MarkLook> = {
  answered: { shape: "disc", tone: "good" },
  abstained: { shape: "dash", tone: "quiet" },
  late: { shape: "clock", tone: "warn" },
  refused: { shape: "cross", tone: "warn" },
  malformed: { shape: "triangle", tone: "warn" },
  provider: { shape: "cross", tone: "bad" },
  budget: { shape: "square", tone: "warn" },
};

export const standingMarks: Record<Standing, MarkLook> = {
  unknown: { shape: "ring", tone: "quiet" },
  better: { shape: "disc", tone: "good" },
  worse: { shape: "cross", tone: "warn" },
  open: { shape: "dash", tone: "quiet" },
};
