export const chart = {
  span: "時間跨度",
  spans: { "1h": "1 小時", "6h": "6 小時", "24h": "24 小時", all: "全部" },
  hint: "指向、觸控或用方向鍵讀數",
  failed: "圖表繪製部件未能載入。最新數字見下方；重新載入本頁或可恢復。",
  credit: "圖表由 TradingView 的 Lightweight Charts 繪製。",
  licence: "授權條款",
};
