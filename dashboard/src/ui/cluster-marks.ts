import type { ProcessState, Redis } from "../api/cluster";
import type { MarkLook } from "./marks";

export const processMarks: Record<ProcessState, MarkLook> = {
  alone: { shape: "disc", tone: "good" },
  deciding: { shape: "disc", tone: "good" },
  standing_by: { shape: "ring", tone: "quiet" },
  watching: { shape: "half", tone: "good" },
  serving: { shape: "square", tone: "good" },
  silent: { shape: "clock", tone: "bad" },
};

export const redisMarks: Record<Redis["state"], MarkLook> = {
  unused: { shape: "ring", tone: "quiet" },
  up: { shape: "disc", tone: "good" },
  down: { shape: "cross", tone: "bad" },
};
