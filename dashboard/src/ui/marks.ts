import type { Link } from "../api/socket";
import type { ActorStatus, ConnectionState, Trust } from "../api/types";

/** Shapes, so that no state is told by colour alone. */
export type Shape = "disc" | "ring" | "half" | "triangle" | "cross" | "square" | "dash" | "clock" | "turn";

export type Tone = "good" | "warn" | "bad" | "quiet";

export interface MarkLook {
  shape: Shape;
  tone: Tone;
}

export const actorMarks: Record<ActorStatus, MarkLook> = {
  idle: { shape: "ring", tone: "quiet" },
  starting: { shape: "half", tone: "quiet" },
  up: { shape: "disc", tone: "good" },
  stopping: { shape: "half", tone: "warn" },
  down: { shape: "cross", tone: "bad" },
  backoff: { shape: "turn", tone: "warn" },
  done: { shape: "square", tone: "quiet" },
};

export const trustMarks: Record<Trust, MarkLook> = {
  trusted: { shape: "disc", tone: "good" },
  waiting: { shape: "ring", tone: "quiet" },
  suspect: { shape: "triangle", tone: "warn" },
  stale: { shape: "clock", tone: "warn" },
  unwatched: { shape: "dash", tone: "quiet" },
};

export const connectionMarks: Record<ConnectionState, MarkLook> = {
  idle: { shape: "ring", tone: "quiet" },
  connecting: { shape: "half", tone: "quiet" },
  live: { shape: "disc", tone: "good" },
  silent: { shape: "clock", tone: "warn" },
  down: { shape: "cross", tone: "bad" },
};

export const linkMarks: Record<Link["state"], MarkLook> = {
  connecting: { shape: "half", tone: "quiet" },
  live: { shape: "disc", tone: "good" },
  waiting: { shape: "cross", tone: "bad" },
};
