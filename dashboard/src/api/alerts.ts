/** Messages to people: what was told, by which channel, and whether it arrived. */

import { getObject, getPage, type Wish } from "./client";
import type { Cut } from "./desk";
import { unlessMissing } from "./portfolio";
import type { Decimal, Page, Timestamp } from "./types";

export const severities = ["info", "warning", "critical"] as const;
export type Severity = (typeof severities)[number];
export const deliveryStates = ["waiting", "sent", "dead"] as const;
export type DeliveryState = (typeof deliveryStates)[number];

export interface Delivery {
  channel: string;
  state: DeliveryState;
  tries: number;
  /** The next try, while it waits. */
  due_at: Timestamp | null;
  sent_at: Timestamp | null;
  /** Why the last try failed. */
  problem: string | null;
}

export interface Alert {
  id: string;
  at: Timestamp;
  kind: string;
  severity: Severity;
  topic: string;
  title: string;
  text: string;
  market: { condition_id: string; title: string } | null;
  size_usd: Decimal | null;
  /** None where every channel was told too much just then. */
  deliveries: Delivery[];
}

export type ChannelState = "on" | "off" | "wrong";

export interface Channel {
  name: string;
  state: ChannelState;
  /** What is missing or wrong. */
  text: string | null;
  sent: number;
  waiting: number;
  dead: number;
  /** Left out by its rule since the start. */
  held: number;
  last_sent_at: Timestamp | null;
  last_problem: string | null;
}

/** Somebody outside who raises the alarm when this service falls silent. */
export interface Watchman {
  state: ChannelState;
  text: string;
  every_s: number;
  last_told_at: Timestamp | null;
  /** What is not well, so that he is not told. */
  withheld: string | null;
  last_problem: string | null;
}

export interface Channels {
  state: "on" | "off";
  text: string;
  channels: Channel[];
  watchman: Watchman;
  left_out: number;
  unwritten: number;
}

export interface AlertQuery {
  severity: string;
  state: string;
}

const root = "/api/v1/alerts";

export const getAlerts = (query: AlertQuery, cut: Cut, signal: AbortSignal): Promise<Page<Alert>> =>
  getPage(root, { ...query, ...cut }, signal);

/** How the channels stand; null where this version of the service tells nobody. */
export const getChannels = (signal: AbortSignal): Promise<Channels | null> =>
  unlessMissing(() =>
    getObject<Channels>(`${root}/channels`, "the state of the channels", ["channels"], signal),
  );

export const testChannel = (channel: string): Wish => ({
  method: "POST",
  path: `${root}/test`,
  body: { channel },
});
