export const chart = {
  span: "时间跨度",
  spans: { "1h": "1 小时", "6h": "6 小时", "24h": "24 小时", all: "全部" },
  hint: "指向、触摸或用方向键读数",
  failed: "图表绘制部件未能载入。最新数字见下方；重新载入本页或可恢复。",
  credit: "图表由 TradingView 的 Lightweight Charts 绘制。",
  licence: "许可证",
};
