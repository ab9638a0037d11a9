import type { PastKind, PastTrust } from "../api/past";
import type { Link } from "../api/socket";
import type { Activity, FillState, LedgerEntry, TaskState, Verdict } from "../api/trading";
import type { ActorStatus, ConnectionState, TradeFeed, Trust } from "../api/types";
import type { RecordVerdict } from "../api/whales";

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

export const verdictMarks: Record<Verdict, MarkLook> = {
  approved: { shape: "disc", tone: "good" },
  refused: { shape: "cross", tone: "warn" },
  passed: { shape: "dash", tone: "quiet" },
};

const orderMarks: Readonly<Record<string, MarkLook>> = {
  in_doubt: { shape: "clock", tone: "warn" },
  delayed: { shape: "half", tone: "quiet" },
  live: { shape: "ring", tone: "good" },
  filled: { shape: "disc", tone: "good" },
  cancelled: { shape: "square", tone: "quiet" },
  unmatched: { shape: "dash", tone: "quiet" },
  rejected: { shape: "cross", tone: "bad" },
  never_arrived: { shape: "cross", tone: "bad" },
  not_signed: { shape: "cross", tone: "bad" },
};

export const orderMark = (state: string): MarkLook => orderMarks[state] ?? { shape: "half", tone: "quiet" };

export const fillMarks: Record<FillState, MarkLook> = {
  matched: { shape: "half", tone: "quiet" },
  mined: { shape: "half", tone: "quiet" },
  retrying: { shape: "turn", tone: "warn" },
  confirmed: { shape: "disc", tone: "good" },
  failed: { shape: "cross", tone: "bad" },
};

export const ledgerMarks: Record<LedgerEntry["phase"], MarkLook> = {
  provisional: { shape: "half", tone: "quiet" },
  final: { shape: "disc", tone: "good" },
  reversal: { shape: "turn", tone: "warn" },
};

export const taskMarks: Record<TaskState, MarkLook> = {
  intended: { shape: "ring", tone: "quiet" },
  prepared: { shape: "half", tone: "quiet" },
  mined: { shape: "half", tone: "quiet" },
  confirmed: { shape: "disc", tone: "good" },
  failed: { shape: "cross", tone: "bad" },
};

export const activityMarks: Record<Activity, MarkLook> = {
  running: { shape: "disc", tone: "good" },
  paused: { shape: "square", tone: "warn" },
  quarantined: { shape: "triangle", tone: "bad" },
};

export const tradeFeedMarks: Record<TradeFeed["state"], MarkLook> = {
  connecting: { shape: "half", tone: "quiet" },
  live: { shape: "disc", tone: "good" },
  silent: { shape: "clock", tone: "warn" },
  down: { shape: "cross", tone: "bad" },
};

export const recordMarks: Record<RecordVerdict, MarkLook> = {
  not_enough: { shape: "ring", tone: "quiet" },
  no_sign: { shape: "dash", tone: "quiet" },
  skill: { shape: "disc", tone: "good" },
  costs: { shape: "cross", tone: "warn" },
};

export const pastMarks: Record<PastKind, MarkLook> = {
  opened: { shape: "disc", tone: "good" },
  changed: { shape: "half", tone: "quiet" },
  closed: { shape: "square", tone: "quiet" },
  raised: { shape: "triangle", tone: "good" },
  passed: { shape: "dash", tone: "quiet" },
  approved: { shape: "disc", tone: "good" },
  refused: { shape: "cross", tone: "warn" },
  ordered: { shape: "ring", tone: "quiet" },
  filled: { shape: "disc", tone: "warn" },
  halted: { shape: "square", tone: "bad" },
  resumed: { shape: "turn", tone: "good" },
  noted: { shape: "dash", tone: "quiet" },
};

export const pastTrustMarks: Record<PastTrust, MarkLook> = {
  unknown: { shape: "dash", tone: "quiet" },
  waiting: { shape: "ring", tone: "quiet" },
  trusted: { shape: "disc", tone: "good" },
  suspect: { shape: "triangle", tone: "warn" },
  stale: { shape: "clock", tone: "warn" },
};
