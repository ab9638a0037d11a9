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
 * Reads one text frame. A frame of a type this page does not know is `other`. A frame that cannot be
 * read is null.
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

/**
 * Watches the sequence numbers of one connection. They count facts, which are opportunities: frames
 * of state replace each other on the way, and carry the number of the last fact.
 */
export class SequenceWatch {
  #last: number | null = null;

  /** How many facts are missing before this frame; a number that does not advance counts as a gap too. */
  observe(frame: Frame): number {
    if (frame.type !== "opportunity") return 0;
    const last = this.#last;
    this.#last = frame.seq;
    if (last === null) return 0;
    return frame.seq > last ? frame.seq - last - 1 : 1;
  }

  /** A new connection counts from wherever it begins. */
  reset(): void {
    this.#last = null;
  }
}
