import type { GateUnit } from "../api/trading";
import { formatDecimal, formatExact, formatShifted, withDollar } from "./decimal";
import { formatSpan } from "./time";

/** Below this a length of time is written in whole milliseconds, so that a limit just missed is seen. */
const exactMsMax = 60_000;

/** A figure of a gate or a limit with its unit and every digit: what is compared must not be rounded. */
export function formatFigure(unit: GateUnit, value: string): string {
  switch (unit) {
    case "usd":
      // Ten cents are .10, not .1.
      return withDollar(formatExact(value).replace(/\.(\d)$/, ".$10"));
    case "count":
      return formatExact(value);
    case "price":
      return `${formatShifted(value, 2, 2, "nearest")}¢`;
    case "ms": {
      const ms = Number(value);
      return Number.isFinite(ms) && ms >= exactMsMax ? formatSpan(ms) : `${formatExact(value)} ms`;
    }
    case "text":
      return value;
  }
}

/** How much of a room is used: whole cents, rounded up, since nothing is compared by eye here. */
export const formatUsed = (unit: GateUnit, value: string): string =>
  unit === "usd" ? withDollar(formatDecimal(value, 2, "ceiling")) : formatFigure(unit, value);

/** An identifier short enough for a line: its beginning and its end. */
export const shortId = (id: string): string => (id.length <= 16 ? id : `${id.slice(0, 8)}…${id.slice(-6)}`);
