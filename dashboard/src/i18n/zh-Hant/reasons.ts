import { phraseBook } from "../../core/phrases";
import type { Messages } from "../en";
import { problems } from "./problems";
import { phrases } from "./said";

/** Why a gate refuses, by the code of its rule. */
const rules: Readonly<Record<string, string>> = {
  halted: "交易已停止；恢復後才能再交易。",
  not_reconciled: "我方帳目尚未與交易所核對。",
  venue_refuses: "交易所目前不接受訂單；恢復後會自動繼續。",
  locked: "此處有鎖定，禁止交易。",
  strategy_paused: "該策略已暫停。",
  quarantined: "該策略失敗過多，已被隔離。",
  duplicate: "相同的訊號此前已作決定。",
  expired: "訊號來得太晚。",
  unknown_market: "市場未知，或不接受訂單。",
  malformed: "訊號自相矛盾。",
  feed_age: "行情近期沒有確認訂單簿。",
  price_min: "有價格低於允許區間。",
  price_max: "有價格高於允許區間。",
  ends_soon: "市場即將結束。",
  order_usd: "單筆訂單的價值過大。",
  market_usd: "單一市場中的資金會過多。",
  group_usd: "單一組中的資金會過多。",
  total_usd: "總風險資金會過多。",
  strategy_budget: "策略預算不足。",
  not_enough_cash: "未預留的已結算現金不足。",
  leg_missing_loss: "若有一腿無人成交，虧損會過大。",
  floor_loss: "若什麼都無法賣回，虧損會過大。",
  open_plans: "進行中的計畫過多。",
  open_orders: "未完成訂單過多。",
  trades_per_minute: "一分鐘內的交易過多。",
  consecutive_errors: "連續錯誤過多。",
  day_loss: "今日虧損已經過多，或可能過多。",
  drawdown: "淨值低於峰值過多。",
  edge_min: "按此數量剩餘的利潤太少。",
  score_min: "評分太低。",
  too_young: "持續的時間還不夠長。",
  too_old: "近期沒有得到確認。",
  cool_down: "同一處剛剛交易過。",
  size_min: "沒有剩下允許的數量。",
  unproven: "模型群尚未證明優於市場。",
  disabled: "該策略已關閉。",
};

/** Why a look ended, or what ended an opportunity, by its code. */
const looks: Readonly<Record<string, string>> = {
  not_open: "市場不接受訂單。",
  augmented: "該組有開放的「其他」，各結果並不完整。",
  incomplete: "組內有成員未被關注。",
  not_convertible: "沒有已知合約可轉換這些 NO。",
  waiting: "有訂單簿尚未到達。",
  stale: "有訂單簿過舊，或其連線沉默。",
  suspect: "有訂單簿自相矛盾，正在重新載入。",
  skewed: "兩個訂單簿的時刻不同。",
  one_sided: "有一側沒有交易對手。",
  fee_unknown: "手續費未知。",
  no_edge: "價格互不矛盾。",
  below_threshold: "矛盾小於門檻。",
  eaten_by_fees: "手續費吃掉了全部利潤。",
  eaten_by_chain_cost: "鏈上成本吃掉了全部利潤。",
  below_order_min: "深度不足以成交最小訂單。",
  below_profit_min: "剩餘低於要求的最小利潤。",
  vanished: "不再被檢視。",
  expired: "太久沒有得到確認。",
  distrusted: "所依據的一個訂單簿已不可信。",
};

/** What became of an order, by the code of its state. */
const orders: Readonly<Record<string, string>> = {
  in_doubt: "已記錄，可能已送出；結果尚不清楚。",
  delayed: "交易所暫時扣住它。",
  live: "掛在交易所，或其成交正在路上。",
  filled: "全部成交。",
  cancelled: "已取消；此前成交的部分有效。",
  unmatched: "沒有找到對手。",
  rejected: "被交易所拒絕。",
  never_arrived: "從未到達交易所。",
  not_signed: "未能簽名；沒有送出任何內容。",
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
