/** Messages to people: what was told, by which channel, and whether it arrived. */

import { getObject, getPage, type Wish } from "./client";
import type { Cut } from "./desk";
import type { Narrow } from "./narrow";
import type * as schema from "./schema";
import type { Page } from "./types";

export const severities = ["info", "warning", "critical"] as const;
export type Severity = (typeof severities)[number];
export const deliveryStates = ["waiting", "sent", "dead"] as const;
export type DeliveryState = (typeof deliveryStates)[number];

export type Delivery = Narrow<schema.DeliveryView, { state: DeliveryState }>;
/** No deliveries where every channel was told too much just then. */
export type Alert = Narrow<schema.AlertView, { severity: Severity; deliveries: Delivery[] }>;

export type ChannelState = "on" | "off" | "wrong";
export type Channel = Narrow<schema.ChannelView, { state: ChannelState }>;
/** Somebody outside who raises the alarm when this service falls silent. */
export type Watchman = Narrow<schema.WatchmanView, { state: ChannelState }>;
export type Channels = Narrow<
  schema.ChannelsView,
  { state: "on" | "off"; channels: Channel[]; watchman: Watchman }
>;

export interface AlertQuery {
  severity: string;
  state: string;
}

const root = "/api/v1/alerts";

export const getAlerts = (query: AlertQuery, cut: Cut, signal: AbortSignal): Promise<Page<Alert>> =>
  getPage(root, { ...query, ...cut }, signal);

/** How the channels stand. */
export const getChannels = (signal: AbortSignal): Promise<Channels> =>
  getObject(`${root}/channels`, "the state of the channels", ["channels"], signal);

export const testChannel = (channel: string): Wish => ({
  method: "POST",
  path: `${root}/test`,
  body: { channel },
});
