/**
 * Sentences of the service that have no code, by their English wording; `{}` stands for a value. A unit test
 * holds them against the service's sources.
 */
export const phrases: Readonly<Record<string, string>> = {
  // Why it is not ready.
  "no market is known yet": "還沒有已知的市場",
  "the feed has carried no data yet": "行情還沒有帶來任何資料",
  "the feed has been silent for {} s": "行情已靜默 {} 秒",
  "no order book is trusted": "沒有可信的訂單簿",
  "the database does not answer": "資料庫沒有應答",
  "the supervision tree is not up": "監督樹沒有正常執行",
  "it is not known which process decides": "不知道由哪個處理程序作決定",
  "nothing was heard of the process that decides lately": "近期沒有作決定的處理程序的消息",

  // Notices.
  "Trading is halted: {}. Every resting order is being cancelled. Look into it, then resume.":
    "交易已停止：{}。所有掛單正在取消。請查明原因，然後恢復。",
  "A transaction by hand was not begun: it takes more than is settled and promised to nobody. Wait for what is under way, or ask for less.":
    "手動交易未開始：所需超過已結算且未預留的數量。請等待進行中的完成，或減少數量。",
  "Not done: {}.": "未執行：{}。",
  "An order of plan {} could not be signed: {}. Nothing was sent.":
    "計畫 {} 的一筆訂單未能簽名：{}。沒有送出任何內容。",
  "Plan {} ended with {} shares of token {} that nobody took. They are kept and counted; the market {} is locked for a while. Sell them by hand, or wait for the resolution.":
    "計畫 {} 結束時剩下 {} 份額（代幣 {}）無人接手。它們被保留並計入；市場 {} 暫時鎖定。請手動賣出，或等待結算。",
  "Order {} counted as over and is still open at the venue. It is cancelled; what it matched meanwhile is booked. If this comes again, cancel it by hand.":
    "訂單 {} 被視為已結束，但在交易所仍未成交掛著。正在取消；其間的成交會入帳。若再次出現，請手動取消。",
  "plan {} spent {} USD more than was reserved for it": "計畫 {} 的花費比為其預留的多 {} USD",
  "Plan {} buys no more, by a limit that changed on its way: {}. What it holds beyond its aim is merged or sold.":
    "計畫 {} 因途中變化的限額不再買入：{}。超出目標的持有將被合併或賣出。",
  "The venue counts {} shares of order {} as matched, and its trades tell of {}. The rest is waited for no more. Were it real, the comparison with the wallet would find it and halt; look the order up at the venue.":
    "交易所稱有 {} 份額（訂單 {}）已成交，而其成交記錄只有 {}。不再等待其餘部分。若其屬實，與錢包的核對會發現並停止交易；請在交易所查看該訂單。",
  "A transaction was not begun: {}.": "鏈上交易未開始：{}。",
  "Transaction {} did not happen: {}": "鏈上交易 {} 未發生：{}",
  "not begun: another transaction of its plan failed": "未開始：同一計畫的另一筆鏈上交易失敗",
  "A match of order {} came to light days after it happened and is booked now. The results of the day it happened on do not hold it.":
    "訂單 {} 的一筆成交在發生數日後才得知，現已入賬。發生當日的結果不含它。",
  "A match of order {} failed to settle and was taken back whole.":
    "訂單 {} 的一筆成交結算失敗，已全部撤回。",
  "Everything was to be cancelled, and whether nothing of ours rests at the venue could not be proven: {}. It is tried again while trading is halted. If it stays so, cancel by hand at the venue.":
    "本應全部取消，但無法證明我們在交易所沒有掛單：{}。停止期間會再次嘗試。若一直如此，請在交易所手動取消。",
  "plan {} left {} shares here that nobody took": "計畫 {} 在此留下 {} 份額無人接手",

  // What a gate found, and what it wants.
  on: "開",
  off: "關",
  any: "任意",
  both: "兩者",
  over: "已過",
  sound: "一致",
  rested: "已間歇",
  decided: "已決定",
  paused: "已暫停",
  running: "執行中",
  compared: "已核對",
  reconciled: "已核對",
  "not reconciled": "未核對",
  "not compared, or different": "未核對，或有差異",
  "the desk is not read back yet": "帳目尚未讀回",
  "no halt": "未停止",
  "not halted": "未停止",
  "halted ({}): {}": "已停止（{}）：{}",
  "orders are taken": "接受訂單",
  "not locked": "無鎖定",
  "locked: {}": "已鎖定：{}",
  "not paused": "未暫停",
  "in quarantine": "隔離中",
  "not in quarantine": "未隔離",
  "a new signal": "新訊號",
  "a number of its own": "自己的編號",
  "rests on no book": "不依據任何訂單簿",
  "confirmed lately": "近期已確認",
  "no order": "沒有訂單",
  "within the band": "在區間內",
  "no end is known": "結束時間未知",
  "not soon": "不會很快結束",
  "a kind that it trades": "它交易的型別",
  "the feed is not live": "行情不通",
  "a live feed": "行情暢通",
  "known and open": "已知且開放",
  "closed, or its fee unknown": "已關閉，或手續費未知",
  "a market is not known, not open or without a known fee": "有市場未知、未開放或手續費未知",
  "the group is not known": "組未知",
  "the depth does not hold it": "深度不足",
  "an order would be smaller than the venue takes": "有訂單會小於交易所接受的最小量",
  "an allowed size": "允許的數量",
  "{} shares": "{} 份額",
  "bid or ask is missing": "缺少買價或賣價",
  "plan {} is under way": "計畫 {} 正在進行",
  "nothing under way": "沒有進行中的",
  "not traded before": "此前未交易",
  "{} waits for its decision": "{} 正在等待決定",
  "play money; {}": "模擬資金；{}",
  "{} resolved, {}": "{} 個已結算，{}",
  "no skill known": "能力未知",
  "a skill of at least {} millionths": "能力至少百萬分之 {}",
  "{} resolved, a skill above 0": "{} 個已結算，能力大於 0",

  // Why a book is not trusted.
  "bid and ask cross": "買賣價交叉",
  "the venue states another touch": "交易所給出的最優價不同",
  "the venue states another hash": "交易所給出的雜湊不同",
  "REST states another book": "REST 給出的訂單簿不同",
  "frames were lost": "有幀丟失",
  "the tick size changed": "最小价格變動已改變",
  "the connection is gone": "連線已斷",
  "the connection is silent": "連線沉默",

  // The models and the channels.
  "No model is set up.": "沒有設定模型。",
  "No model is set up. Name one in swarm.members.": "沒有設定模型。請在 swarm.members 中指定。",
  "The past is being read.": "正在讀取歷史。",
  "One model is asked.": "詢問 1 個模型。",
  "{} models are asked.": "詢問 {} 個模型。",
  "every model, as often as is set": "所有模型，按設定的次數",
  "every model, once": "所有模型，各一次",
  "the models that count most, once": "權重最大的模型，各一次",
  "the cheapest models, once": "最便宜的模型，各一次",
  "no model: the budget of the day is used up": "不詢問模型：今日預算已用完",
  "No channel is set up; the outside watchman alone is told that all is well.":
    "沒有設定渠道；只有外部守望者會得知一切正常。",
  "Alerts are switched off (alerts.enabled = false, as in the demo), so nobody is told.":
    "提醒已關閉（alerts.enabled = false，如演示模式），因此不會通知任何人。",
  "No channel is set up, so nobody is told. docs/alerts.md shows how to set one up.":
    "沒有設定渠道，因此不會通知任何人。設定方法見 docs/alerts.md。",
  "{} is not set.": "{} 未設定。",
  "ALERT_WATCHMAN_URL is not set, so nobody notices when this service falls silent.":
    "ALERT_WATCHMAN_URL 未設定，因此本服務無聲時不會有人察覺。",
  "People are told by {}.": "透過 {} 通知人員。",

  // What came of an answer of a model.
  "did not answer in time": "沒有及時答覆",
  "refused to answer": "拒絕答覆",
  "answered in a form that cannot be read": "答覆的格式無法讀懂",
  "could not be asked": "無法詢問",
  "was not asked: the budget of the day is used up": "沒有詢問：今日預算已用完",
  "it is longer than 32 KiB": "超過 32 KiB",
  "it is not one JSON object of the wanted form": "不是所要求格式的單一 JSON 物件",
  "it has neither a probability nor an abstention": "既沒有機率，也沒有棄權",
  "{} is not a number from 0 to 1": "{} 不是 0 到 1 的數字",

  // What came of following large trades.
  "Following these paid, beyond chance.": "跟隨它們有利可圖，超出偶然。",
  "Following these lost money, beyond chance.": "跟隨它們會虧損，超出偶然。",
  "No sign that following these pays or costs.": "沒有跡象表明跟隨它們會獲利或虧損。",
  "Not enough: {} of {} markets.": "還不夠：{} / {} 個市場。",

  // What a limit is about.
  "Dollars in one market: what is held at cost, and what is reserved.":
    "單一市場中的美元：按成本持有的，加上預留的。",
  "Dollars in the markets of one group.": "同一組各市場中的美元。",
  "Dollars in all markets.": "所有市場中的美元。",
  "Dollars that one order is worth at its limit.": "一筆訂單按其限價的美元價值。",
  "Wishes approved within a minute.": "一分鐘內批准的意願。",
  "Dollars lost within a day (UTC).": "一日（UTC）內虧損的美元。",
  "Dollars that the equity is below its peak.": "淨值低於峰值的美元。",
  "Dollars that a wish may lose where one leg finds nobody.": "若有一腿無人成交，一個意願可能虧損的美元。",
  "Dollars that a wish may lose at its very worst.": "一個意願在最壞情況下可能虧損的美元。",
  "Orders open at once.": "同時未完成的訂單。",
  "Plans open at once.": "同時進行的計畫。",
  "Errors in a row before trading stops.": "停止交易前的連續錯誤。",
  "Time since the feed vouched for the oldest book.": "行情上次確認最舊訂單簿以來的時間。",
  "The lowest price of an order.": "訂單的最低價格。",
  "The highest price of an order.": "訂單的最高價格。",
  "The shortest time to a market's scheduled end.": "距市場預定結束的最短時間。",
};
