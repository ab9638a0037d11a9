/** What charts are made of, without how they are drawn. */
import type { Point } from "../core/series";

export type Tone = "blue" | "orange";

/** One value that is read out of a picture. */
export interface Part {
  /** What it is; empty where the value says so itself. */
  name: string;
  value: string;
  tone?: Tone;
}

export interface Line {
  name: string;
  points: readonly Point[];
  tone: Tone;
  /** Pictures lie below one another over the same time: 0 is the uppermost. */
  pane: number;
  /** `area` is filled down to the axis, `result` on both sides of nothing, `hanging` from the top down to a limit. */
  look: "line" | "area" | "result" | "hanging";
  /** How a value is written beside the line. */
  write: (value: number) => string;
  /** How a point is read out: what the service said, where it is known. */
  say: (point: Point) => string;
  /** The smallest step of its axis. */
  step: number;
  /** A level to be kept off. */
  limit?: { value: number; name: string } | null;
}

/** A stretch of values, drawn over the whole time. */
export interface Band {
  low: number;
  high: number;
  label: string;
}

/** Something that happened. */
export interface Dot {
  at: number;
  value: number;
  tone: Tone;
  label: string;
}

/** A colour of the page's tokens as it is here and now: a canvas knows no variables. */
export function colourIn(host: HTMLElement, token: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(--${token})`;
  host.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** The same, so thin that what lies below it is still read. */
export const thinIn = (host: HTMLElement, token: string): string =>
  colourIn(host, token).replace(/^rgb\((.*)\)$/, "rgba($1, 0.16)");
