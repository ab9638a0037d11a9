import type { Messages } from "../en";
import { number } from "./words";

export const desk: Messages["desk"] = {
  all: "全部",
  allOf: (title) => `全部：${title}`,
  equity: "淨值",
  equityLine: (amount) => `淨值走勢，現為 ${amount}`,
  drawdown: (amount) => `低於此處峰值 $${amount}`,
  sinceOpened: "自開啟本頁起",
  sinceKept: "按服務的記錄",
  equityEmpty: "下一次交易訊息到來時開始繪製。",
  limits: "用得最多的限額",
  limitsEmpty: "沒有會被佔用的限額。",
  feed: "市場資料",
  connections: "連線",
  connectionsLive: (live, all) => `${number.format(all)} 個連線中 ${number.format(live)} 個正常`,
  looks: "檢查次數",
  trades: "他人的成交",
  swarm: "模型",
  database: "資料庫",
  noOpportunity: "目前沒有機會。",
  noPosition: "沒有持倉。",
  noOrder: "沒有未完成訂單。",
  noWhale: "還沒有看到大戶交易。",
  noForecast: "還沒有預測。",
  more: (n) => `另有 ${number.format(n)} 項`,
  state: "交易狀態",
};
