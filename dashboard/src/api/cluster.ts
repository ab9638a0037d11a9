/** Several processes over one database: who is there, who decides, and who holds which part of the feed. */

import { getObject } from "./client";
import type { ConnectionState, Timestamp } from "./types";

/** What a process was started for. */
export type ProcessRole = "alone" | "decide" | "feed" | "web";
/** What a process does now; a silent one has not been heard of for too long. */
export type ProcessState = "deciding" | "standing_by" | "watching" | "serving" | "alone" | "silent";

export interface Redis {
  state: "unused" | "up" | "down";
  error: string | null;
}

/** The right to decide, which one process holds at a time. */
export interface Lease {
  holder: string;
  /** Counts who held it: writes of an earlier holder are refused. */
  fence: number;
  taken_at: Timestamp;
  /** Until it runs out, unless it is renewed. */
  left_ms: number;
}

export interface Process {
  name: string;
  role: ProcessRole;
  state: ProcessState;
  host: string;
  /** The number that its machine gave it. */
  process: number;
  version: string;
  /** Where it answers; null where it answers nobody. */
  address: string | null;
  started_at: Timestamp;
  heard_ms_ago: number;
  shards: number[];
  /** Books that it holds. */
  tokens: number;
  /** Pages that are connected to it; null where it serves none. */
  clients: number | null;
  /** What whoever decides has told and this process has not passed on yet; null where it passes nothing on. */
  behind_facts: number | null;
  /** Since it heard whoever decides; null where it listens to nobody, or has heard nothing yet. */
  leader_heard_ms_ago: number | null;
}

/** A part of the venue's feed. */
export interface Shard {
  shard: number;
  holder: string | null;
  held_since: Timestamp | null;
  tokens: number;
  state: ConnectionState;
  frames: number;
  /** How long what came last was on its way; null before the first frame. */
  delay_ms: number | null;
}

export interface Cluster {
  /** Of the process that answers. */
  role: ProcessRole;
  redis: Redis;
  lease: Lease | null;
  members: Process[];
  shards: Shard[];
}

export const getCluster = (signal: AbortSignal): Promise<Cluster> =>
  getObject("/api/v1/cluster", "a list of processes", ["members", "shards"], signal);
