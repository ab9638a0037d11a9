/**
 * Sentences of the service that have no code, by their English wording; `{}` stands for a value. A unit test
 * holds them against the service's sources.
 */
export const phrases: Readonly<Record<string, string>> = {
  // Why it is not ready.
  "no market is known yet": "还没有已知的市场",
  "the feed has carried no data yet": "行情还没有带来任何数据",
  "the feed has been silent for {} s": "行情已静默 {} 秒",
  "no order book is trusted": "没有可信的订单簿",
  "the database does not answer": "数据库没有应答",
  "the supervision tree is not up": "监督树没有正常运行",
  "it is not known which process decides": "不知道由哪个进程作决定",
  "nothing was heard of the process that decides lately": "近期没有作决定的进程的消息",

  // Notices.
  "Trading is halted: {}. Every resting order is being cancelled. Look into it, then resume.":
    "交易已停止：{}。所有挂单正在取消。请查明原因，然后恢复。",
  "A transaction by hand was not begun: it takes more than is settled and promised to nobody. Wait for what is under way, or ask for less.":
    "手动交易未开始：所需超过已结算且未预留的数量。请等待进行中的完成，或减少数量。",
  "Not done: {}.": "未执行：{}。",
  "An order of plan {} could not be signed: {}. Nothing was sent.":
    "计划 {} 的一笔订单未能签名：{}。没有发出任何内容。",
  "Plan {} ended with {} shares of token {} that nobody took. They are kept and counted; the market {} is locked for a while. Sell them by hand, or wait for the resolution.":
    "计划 {} 结束时剩下 {} 份额（代币 {}）无人接手。它们被保留并计入；市场 {} 暂时锁定。请手动卖出，或等待结算。",
  "Order {} counted as over and is still open at the venue. It is cancelled; what it matched meanwhile is booked. If this comes again, cancel it by hand.":
    "订单 {} 被视为已结束，但在交易所仍未成交挂着。正在取消；其间的成交会入账。若再次出现，请手动取消。",
  "plan {} spent {} USD more than was reserved for it": "计划 {} 的花费比为其预留的多 {} USD",
  "Plan {} buys no more, by a limit that changed on its way: {}. What it holds beyond its aim is merged or sold.":
    "计划 {} 因途中变化的限额不再买入：{}。超出目标的持有将被合并或卖出。",
  "The venue counts {} shares of order {} as matched, and its trades tell of {}. The rest is waited for no more. Were it real, the comparison with the wallet would find it and halt; look the order up at the venue.":
    "交易所称有 {} 份额（订单 {}）已成交，而其成交记录只有 {}。不再等待其余部分。若其属实，与钱包的核对会发现并停止交易；请在交易所查看该订单。",
  "A transaction was not begun: {}.": "链上交易未开始：{}。",
  "Transaction {} did not happen: {}": "链上交易 {} 未发生：{}",
  "not begun: another transaction of its plan failed": "未开始：同一计划的另一笔链上交易失败",
  "A match of order {} came to light days after it happened and is booked now. The results of the day it happened on do not hold it.":
    "订单 {} 的一笔成交在发生数日后才得知，现已入账。发生当日的结果不含它。",
  "A match of order {} failed to settle and was taken back whole.":
    "订单 {} 的一笔成交结算失败，已全部撤回。",
  "Everything was to be cancelled, and whether nothing of ours rests at the venue could not be proven: {}. It is tried again while trading is halted. If it stays so, cancel by hand at the venue.":
    "本应全部取消，但无法证明我们在交易所没有挂单：{}。停止期间会再次尝试。若一直如此，请在交易所手动取消。",
  "plan {} left {} shares here that nobody took": "计划 {} 在此留下 {} 份额无人接手",

  // What a gate found, and what it wants.
  on: "开",
  off: "关",
  any: "任意",
  both: "两者",
  over: "已过",
  sound: "一致",
  rested: "已间歇",
  decided: "已决定",
  paused: "已暂停",
  running: "运行中",
  compared: "已核对",
  reconciled: "已核对",
  "not reconciled": "未核对",
  "not compared, or different": "未核对，或有差异",
  "the desk is not read back yet": "账目尚未读回",
  "no halt": "未停止",
  "not halted": "未停止",
  "halted ({}): {}": "已停止（{}）：{}",
  "orders are taken": "接受订单",
  "not locked": "无锁定",
  "locked: {}": "已锁定：{}",
  "not paused": "未暂停",
  "in quarantine": "隔离中",
  "not in quarantine": "未隔离",
  "a new signal": "新信号",
  "a number of its own": "自己的编号",
  "rests on no book": "不依据任何订单簿",
  "confirmed lately": "近期已确认",
  "no order": "没有订单",
  "within the band": "在区间内",
  "no end is known": "结束时间未知",
  "not soon": "不会很快结束",
  "a kind that it trades": "它交易的类型",
  "the feed is not live": "行情不通",
  "a live feed": "行情畅通",
  "known and open": "已知且开放",
  "closed, or its fee unknown": "已关闭，或手续费未知",
  "a market is not known, not open or without a known fee": "有市场未知、未开放或手续费未知",
  "the group is not known": "组未知",
  "the depth does not hold it": "深度不足",
  "an order would be smaller than the venue takes": "有订单会小于交易所接受的最小量",
  "an allowed size": "允许的数量",
  "{} shares": "{} 份额",
  "bid or ask is missing": "缺少买价或卖价",
  "plan {} is under way": "计划 {} 正在进行",
  "nothing under way": "没有进行中的",
  "not traded before": "此前未交易",
  "{} waits for its decision": "{} 正在等待决定",
  "play money; {}": "模拟资金；{}",
  "{} resolved, {}": "{} 个已结算，{}",
  "no skill known": "能力未知",
  "a skill of at least {} millionths": "能力至少百万分之 {}",
  "{} resolved, a skill above 0": "{} 个已结算，能力大于 0",

  // Why a book is not trusted.
  "bid and ask cross": "买卖价交叉",
  "the venue states another touch": "交易所给出的最优价不同",
  "the venue states another hash": "交易所给出的哈希不同",
  "REST states another book": "REST 给出的订单簿不同",
  "frames were lost": "有帧丢失",
  "the tick size changed": "最小价格变动已改变",
  "the connection is gone": "连接已断",
  "the connection is silent": "连接沉默",

  // The models and the channels.
  "No model is set up.": "没有设置模型。",
  "No model is set up. Name one in swarm.members.": "没有设置模型。请在 swarm.members 中指定。",
  "The past is being read.": "正在读取历史。",
  "One model is asked.": "询问 1 个模型。",
  "{} models are asked.": "询问 {} 个模型。",
  "every model, as often as is set": "所有模型，按设定的次数",
  "every model, once": "所有模型，各一次",
  "the models that count most, once": "权重最大的模型，各一次",
  "the cheapest models, once": "最便宜的模型，各一次",
  "no model: the budget of the day is used up": "不询问模型：今日预算已用完",
  "No channel is set up; the outside watchman alone is told that all is well.":
    "没有设置渠道；只有外部守望者会得知一切正常。",
  "Alerts are switched off (alerts.enabled = false, as in the demo), so nobody is told.":
    "提醒已关闭（alerts.enabled = false，如演示模式），因此不会通知任何人。",
  "No channel is set up, so nobody is told. docs/alerts.md shows how to set one up.":
    "没有设置渠道，因此不会通知任何人。设置方法见 docs/alerts.md。",
  "{} is not set.": "{} 未设置。",
  "ALERT_WATCHMAN_URL is not set, so nobody notices when this service falls silent.":
    "ALERT_WATCHMAN_URL 未设置，因此本服务无声时不会有人察觉。",
  "People are told by {}.": "通过 {} 通知人员。",

  // What came of an answer of a model.
  "did not answer in time": "没有及时答复",
  "refused to answer": "拒绝答复",
  "answered in a form that cannot be read": "答复的格式无法读懂",
  "could not be asked": "无法询问",
  "was not asked: the budget of the day is used up": "没有询问：今日预算已用完",
  "it is longer than 32 KiB": "超过 32 KiB",
  "it is not one JSON object of the wanted form": "不是所要求格式的单个 JSON 对象",
  "it has neither a probability nor an abstention": "既没有概率，也没有弃权",
  "{} is not a number from 0 to 1": "{} 不是 0 到 1 的数字",

  // What came of following large trades.
  "Following these paid, beyond chance.": "跟随它们有利可图，超出偶然。",
  "Following these lost money, beyond chance.": "跟随它们会亏损，超出偶然。",
  "No sign that following these pays or costs.": "没有迹象表明跟随它们会获利或亏损。",
  "Not enough: {} of {} markets.": "还不够：{} / {} 个市场。",

  // What a limit is about.
  "Dollars in one market: what is held at cost, and what is reserved.":
    "单个市场中的美元：按成本持有的，加上预留的。",
  "Dollars in the markets of one group.": "同一组各市场中的美元。",
  "Dollars in all markets.": "所有市场中的美元。",
  "Dollars that one order is worth at its limit.": "一笔订单按其限价的美元价值。",
  "Wishes approved within a minute.": "一分钟内批准的意愿。",
  "Dollars lost within a day (UTC).": "一日（UTC）内亏损的美元。",
  "Dollars that the equity is below its peak.": "净值低于峰值的美元。",
  "Dollars that a wish may lose where one leg finds nobody.": "若有一腿无人成交，一个意愿可能亏损的美元。",
  "Dollars that a wish may lose at its very worst.": "一个意愿在最坏情况下可能亏损的美元。",
  "Orders open at once.": "同时未完成的订单。",
  "Plans open at once.": "同时进行的计划。",
  "Errors in a row before trading stops.": "停止交易前的连续错误。",
  "Time since the feed vouched for the oldest book.": "行情上次确认最旧订单簿以来的时间。",
  "The lowest price of an order.": "订单的最低价格。",
  "The highest price of an order.": "订单的最高价格。",
  "The shortest time to a market's scheduled end.": "距市场预定结束的最短时间。",
};
