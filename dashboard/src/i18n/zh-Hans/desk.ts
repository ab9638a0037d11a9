import type { Messages } from "../en";
import { number } from "./words";

export const desk: Messages["desk"] = {
  all: "全部",
  allOf: (title) => `全部：${title}`,
  equity: "净值",
  equityLine: (amount) => `净值走势，现为 ${amount}`,
  drawdown: (amount) => `低于此处峰值 $${amount}`,
  sinceOpened: "自打开本页起",
  sinceKept: "按服务的记录",
  equityEmpty: "下一次交易消息到来时开始绘制。",
  limits: "用得最多的限额",
  limitsEmpty: "没有会被占用的限额。",
  feed: "市场数据",
  connections: "连接",
  connectionsLive: (live, all) => `${number.format(all)} 个连接中 ${number.format(live)} 个正常`,
  looks: "检查次数",
  trades: "他人的成交",
  swarm: "模型",
  database: "数据库",
  noOpportunity: "目前没有机会。",
  noPosition: "没有持仓。",
  noOrder: "没有未完成订单。",
  noWhale: "还没有看到大户交易。",
  noForecast: "还没有预测。",
  more: (n) => `另有 ${number.format(n)} 项`,
  state: "交易状态",
};
