import { isRecord } from "../core/shape";
import type { MarketUpdate, Opportunity, System } from "./types";

export type Frame =
  | { type: "hello"; seq: number; data: { protocol: number; version: string } }
  | { type: "health"; seq: number; data: System }
  | { type: "opportunity"; seq: number; data: Opportunity }
  | { type: "market_update"; seq: number; data: MarketUpdate }
  | { type: "lagged"; seq: number; data: { lost: number } }
  | { type: "other"; seq: number };

const has = (data: Record<string, unknown>, ...keys: string[]): boolean => keys.every((key) => key in data);

/**
 * Reads one text frame. A frame of a type this page does not know is `other`: its sequence number
 * still counts. A frame that cannot be read is null.
 */
export function parseFrame(text: string): Frame | null {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(frame)) return null;
  const { type, seq, data } = frame;
  if (typeof type !== "string" || typeof seq !== "number" || !Number.isSafeInteger(seq)) return null;
  if (!isRecord(data)) return { type: "other", seq };
  switch (type) {
    case "hello":
      return has(data, "protocol") ? ({ type, seq, data } as unknown as Frame) : null;
    case "health":
      return has(data, "feed", "tree", "detector") ? ({ type, seq, data } as unknown as Frame) : null;
    case "opportunity":
      return has(data, "id", "kind", "state", "net", "legs")
        ? ({ type, seq, data } as unknown as Frame)
        : null;
    case "market_update":
      return has(data, "condition_id") ? ({ type, seq, data } as unknown as Frame) : null;
    case "lagged":
      return { type, seq, data: { lost: typeof data["lost"] === "number" ? data["lost"] : 0 } };
    default:
      return { type: "other", seq };
  }
}

/** Watches sequence numbers of one connection. */
export class SequenceWatch {
  #last: number | null = null;

  /** How many frames are missing before this one; a number that does not advance counts as a gap too. */
  observe(seq: number): number {
    const last = this.#last;
    this.#last = seq;
    if (last === null) return 0;
    return seq > last ? seq - last - 1 : 1;
  }

  /** A new connection counts from wherever it begins. */
  reset(): void {
    this.#last = null;
  }
}
