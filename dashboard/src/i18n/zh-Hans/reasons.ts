import { phraseBook } from "../../core/phrases";
import type { Messages } from "../en";
import { problems } from "./problems";
import { phrases } from "./said";

/** Why a gate refuses, by the code of its rule. */
const rules: Readonly<Record<string, string>> = {
  halted: "交易已停止；恢复后才能再交易。",
  not_reconciled: "我方账目尚未与交易所核对。",
  venue_refuses: "交易所目前不接受订单；恢复后会自动继续。",
  locked: "此处有锁定，禁止交易。",
  strategy_paused: "该策略已暂停。",
  quarantined: "该策略失败过多，已被隔离。",
  duplicate: "相同的信号此前已作决定。",
  expired: "信号来得太晚。",
  unknown_market: "市场未知，或不接受订单。",
  malformed: "信号自相矛盾。",
  feed_age: "行情近期没有确认订单簿。",
  price_min: "有价格低于允许区间。",
  price_max: "有价格高于允许区间。",
  ends_soon: "市场即将结束。",
  order_usd: "单笔订单的价值过大。",
  market_usd: "单个市场中的资金会过多。",
  group_usd: "单个组中的资金会过多。",
  total_usd: "总风险资金会过多。",
  strategy_budget: "策略预算不足。",
  not_enough_cash: "未预留的已结算现金不足。",
  leg_missing_loss: "若有一腿无人成交，亏损会过大。",
  floor_loss: "若什么都无法卖回，亏损会过大。",
  open_plans: "进行中的计划过多。",
  open_orders: "未完成订单过多。",
  trades_per_minute: "一分钟内的交易过多。",
  consecutive_errors: "连续错误过多。",
  day_loss: "今日亏损已经过多，或可能过多。",
  drawdown: "净值低于峰值过多。",
  edge_min: "按此数量剩余的利润太少。",
  score_min: "评分太低。",
  too_young: "持续的时间还不够长。",
  too_old: "近期没有得到确认。",
  cool_down: "同一处刚刚交易过。",
  size_min: "没有剩下允许的数量。",
  unproven: "模型群尚未证明优于市场。",
  disabled: "该策略已关闭。",
};

/** Why a look ended, or what ended an opportunity, by its code. */
const looks: Readonly<Record<string, string>> = {
  not_open: "市场不接受订单。",
  augmented: "该组有开放的“其他”，各结果并不完整。",
  incomplete: "组内有成员未被关注。",
  not_convertible: "没有已知合约可转换这些 NO。",
  waiting: "有订单簿尚未到达。",
  stale: "有订单簿过旧，或其连接沉默。",
  suspect: "有订单簿自相矛盾，正在重新加载。",
  skewed: "两个订单簿的时刻不同。",
  one_sided: "有一侧没有交易对手。",
  fee_unknown: "手续费未知。",
  no_edge: "价格互不矛盾。",
  below_threshold: "矛盾小于阈值。",
  eaten_by_fees: "手续费吃掉了全部利润。",
  eaten_by_chain_cost: "链上成本吃掉了全部利润。",
  below_order_min: "深度不足以成交最小订单。",
  below_profit_min: "剩余低于要求的最小利润。",
  vanished: "不再被查看。",
  expired: "太久没有得到确认。",
  distrusted: "所依据的一个订单簿已不可信。",
};

/** What became of an order, by the code of its state. */
const orders: Readonly<Record<string, string>> = {
  in_doubt: "已记录，可能已发出；结果尚不清楚。",
  delayed: "交易所暂时扣住它。",
  live: "挂在交易所，或其成交正在路上。",
  filled: "全部成交。",
  cancelled: "已取消；此前成交的部分有效。",
  unmatched: "没有找到对手。",
  rejected: "被交易所拒绝。",
  never_arrived: "从未到达交易所。",
  not_signed: "未能签名；没有发出任何内容。",
};

export const reasons: Messages["reasons"] = {
  rule: (code, said) => rules[code] ?? said,
  order: (code, said) => orders[code] ?? said,
  look: (code, said) => looks[code] ?? said,
  problem: (code, said) => {
    const words = problems[code];
    if (words === undefined) return said;
    return words.whole === true ? words.what : `${words.what}：${said}`;
  },
  remedy: (code, said) => problems[code]?.todo ?? said,
  said: phraseBook(phrases),
};
