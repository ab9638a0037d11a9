import type { Span } from "../../core/span";

export const chart = {
  span: "How far back",
  spans: { "1h": "1 h", "6h": "6 h", "24h": "24 h", all: "All" } satisfies Record<Span, string>,
  hint: "Point, touch, or use the arrow keys to read it",
  failed:
    "The drawing could not be loaded. The newest numbers stand below; loading this page again may help.",
  credit: "Charts are drawn by TradingView’s Lightweight Charts.",
  licence: "Licence",
};
