interface Words {
  /** What happened. */
  what: string;
  /** What to do; what the service says where it depends on more than the code. */
  todo?: string;
  /** All is said: the service's own words add nothing. */
  whole?: true;
}

const key =
  "請附上自定名稱的請求頭 「Idempotency-Key」，重複同一請求時保持不變：1 到 120 個可列印的 ASCII 字元。";
const gates = "各關卡說明哪個值碰到了哪個限額。";

/** What went wrong with a request, by its code. */
export const problems: Readonly<Record<string, Words>> = {
  // The page's own.
  unreachable: { what: "無法連線到服務。", whole: true },
  timeout: { what: "服務沒有及時應答。", whole: true },
  malformed: { what: "服務的應答無法讀懂。", whole: true },

  // Any request's.
  not_found: { what: "沒有找到", todo: "請查看列表中有哪些。" },
  bad_parameter: { what: "參數無法使用", todo: "參數及其範圍見 /openapi.json。" },
  other_cursor: { what: "游標屬於另一個列表", todo: "請不帶游標重新開始，並保持排序不變。", whole: true },
  bad_span: { what: "時間段無法使用", todo: "請給出起始時刻和更晚的結束時刻。" },
  unauthorized: {
    what: "請登入",
    todo: "開啟啟動時輸出的一次性連結；`dutchbook link` 可再生成一個。",
    whole: true,
  },
  link_used_or_unknown: {
    what: "連結已用過、超過一刻鐘，或從未生成",
    todo: "`dutchbook link` 可再生成一個；一刻鐘內有效，只能用一次。",
    whole: true,
  },
  forbidden: { what: "沒有權限" },
  rate_limited: { what: "請求過多", todo: "請稍候再試。web.requests_per_second_max 設定上限。", whole: true },
  not_by_proxy: {
    what: "沒有經過代理",
    todo: "請使用代理的地址；web.trusted_proxies 列出受信任的代理。",
    whole: true,
  },
  wrong_host: { what: "不提供此主機", todo: "請使用輸出的地址，或在 web.allowed_hosts 中寫明主機。" },
  wrong_origin: { what: "不允許的來源", todo: "請從本服務自身開啟頁面。" },
  no_leader: { what: "沒有作決定的處理程序回應" },
  busy: { what: "服務正忙", todo: "請過一秒再試。" },
  unreadable: { what: "無法讀取", todo: "請查看另一個會話。`dutchbook replay` 也能讀取舊版本的會話。" },

  // Those of what a person orders.
  trading_off: { what: "本次執行只觀察，不交易。", todo: "請以演示、模擬或實盤模式啟動服務。", whole: true },
  not_ready: { what: "尚未就緒", todo: "沒有執行任何操作。請稍候再試。" },
  store_down: {
    what: "資料庫沒有應答。",
    todo: "沒有執行任何操作。請稍候再試；`dutchbook doctor` 可檢查資料庫。",
    whole: true,
  },
  idempotency_key_missing: { what: "需要 Idempotency-Key", todo: key },
  idempotency_key_unusable: { what: "Idempotency-Key 無法使用", todo: key },
  idempotency_key_reused: { what: "該鍵已用於另一個請求", todo: "新的請求請用新的鍵。" },
  idempotency_in_progress: { what: "仍在執行", todo: "請過一秒以同一個鍵再問。" },
  outcome_unknown: {
    what: "已送出，但應答丟失",
    todo: "同一個鍵不會執行第二次。請查看決定、訂單和持倉，再作打算。",
  },
  bad_body: { what: "請求內容無法讀懂", todo: "欄位見 /openapi.json。金額和價格是十進位制文字。" },
  fields_clash: { what: "欄位互相矛盾", todo: "說明中寫明缺少或多餘的欄位。" },
  wrong_token: { what: "代幣屬於另一個市場", todo: "請從該市場的結果中選取代幣。" },
  price_off_tick: { what: "價格不在價格檔位上", todo: "請使用最近的價格之一。" },
  price_out_of_range: { what: "價格超出範圍", todo: "價格須介於一檔與一美元減一檔之間。" },
  size_not_positive: { what: "沒有可做的", todo: "請給出大於零的數量。" },
  size_off_grid: { what: "小數位過多", todo: "訂單數量須為百分之一份額的整數倍。" },
  below_minimum: { what: "小於交易所接受的最小量", todo: "請給出更大的數量。" },
  not_enough_balance: { what: "數量不足", todo: "只能使用已結算且未預留的：見持倉。" },
  opportunity_over: { what: "機會已結束", todo: "請查看開放的機會列表。" },
  market_closed: { what: "市場不接受訂單", todo: "請選擇開放的市場。" },
  market_unresolved: { what: "尚未結算", todo: "請等待市場結算；屆時會自動贖回。" },
  halted: { what: "交易已停止", todo: "請查明原因，然後恢復。" },
  risk_refused: { what: "被風險管理拒絕", todo: gates },
  strategy_refused: { what: "被策略拒絕", todo: gates },
  bad_limits: { what: "無法使用", todo: "名稱和範圍見設定的文件。" },
  swarm_off: { what: "沒有可詢問的模型", todo: "請提供金鑰或本地模型：見設定文件中的 [swarm]。" },
  swarm_busy: { what: "模型正忙", todo: "請在正在詢問的問題得到答覆後再試。" },
  swarm_budget: { what: "今日預算已用完", todo: "請等到次日（UTC），或提高 swarm.budget_usd_day。" },
  forecast_running: { what: "已在詢問", todo: "請查看正在進行的預測。" },
  book_not_trusted: { what: "訂單簿目前不可信", todo: "請稍候再試，或選擇被關注的市場。" },
  alerts_off: {
    what: "沒有人會收到通知",
    todo: "請設定渠道：見 docs/alerts.md。演示模式下請設 alerts.enabled = true。",
  },
  channel_off: { what: "該渠道沒有設定", todo: "GET /api/v1/alerts/channels 說明缺少什麼。" },
  market_unpriced: { what: "沒有可比較的價格", todo: "請選擇有買價和賣價的市場。" },
  refused: { what: "被拒絕", todo: "說明中寫明原因。" },
};
