import type { ChannelState, DeliveryState, Severity } from "../api/alerts";
import type { MarkLook } from "./marks";

export const channelMarks: Record<ChannelState, MarkLook> = {
  on: { shape: "disc", tone: "good" },
  off: { shape: "ring", tone: "quiet" },
  wrong: { shape: "cross", tone: "bad" },
};

export const severityMarks: Record<Severity, MarkLook> = {
  info: { shape: "dash", tone: "quiet" },
  warning: { shape: "triangle", tone: "warn" },
  critical: { shape: "square", tone: "bad" },
};

export const deliveryMarks: Record<DeliveryState, MarkLook> = {
  waiting: { shape: "clock", tone: "quiet" },
  sent: { shape: "disc", tone: "good" },
  dead: { shape: "cross", tone: "bad" },
};
