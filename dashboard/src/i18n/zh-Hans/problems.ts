interface Words {
  /** What happened. */
  what: string;
  /** What to do; what the service says where it depends on more than the code. */
  todo?: string;
  /** All is said: the service's own words add nothing. */
  whole?: true;
}

const key =
  "请附上自定名称的请求头 “Idempotency-Key”，重复同一请求时保持不变：1 到 120 个可打印的 ASCII 字符。";
const gates = "各关卡说明哪个值碰到了哪个限额。";

/** What went wrong with a request, by its code. */
export const problems: Readonly<Record<string, Words>> = {
  // The page's own.
  unreachable: { what: "无法连接到服务。", whole: true },
  timeout: { what: "服务没有及时应答。", whole: true },
  malformed: { what: "服务的应答无法读懂。", whole: true },

  // Any request's.
  not_found: { what: "没有找到", todo: "请查看列表中有哪些。" },
  bad_parameter: { what: "参数无法使用", todo: "参数及其范围见 /openapi.json。" },
  other_cursor: { what: "游标属于另一个列表", todo: "请不带游标重新开始，并保持排序不变。", whole: true },
  bad_span: { what: "时间段无法使用", todo: "请给出起始时刻和更晚的结束时刻。" },
  unauthorized: {
    what: "请登录",
    todo: "打开启动时输出的一次性链接；`dutchbook link` 可再生成一个。",
    whole: true,
  },
  link_used_or_unknown: {
    what: "链接已用过、超过一刻钟，或从未生成",
    todo: "`dutchbook link` 可再生成一个；一刻钟内有效，只能用一次。",
    whole: true,
  },
  forbidden: { what: "没有权限" },
  rate_limited: { what: "请求过多", todo: "请稍候再试。web.requests_per_second_max 设定上限。", whole: true },
  not_by_proxy: {
    what: "没有经过代理",
    todo: "请使用代理的地址；web.trusted_proxies 列出受信任的代理。",
    whole: true,
  },
  wrong_host: { what: "不提供此主机", todo: "请使用输出的地址，或在 web.allowed_hosts 中写明主机。" },
  wrong_origin: { what: "不允许的来源", todo: "请从本服务自身打开页面。" },
  no_leader: { what: "没有作决定的进程应答" },
  busy: { what: "服务正忙", todo: "请过一秒再试。" },
  unreadable: { what: "无法读取", todo: "请查看另一个会话。`dutchbook replay` 也能读取旧版本的会话。" },

  // Those of what a person orders.
  trading_off: { what: "本次运行只观察，不交易。", todo: "请以演示、模拟或实盘模式启动服务。", whole: true },
  not_ready: { what: "尚未就绪", todo: "没有执行任何操作。请稍候再试。" },
  store_down: {
    what: "数据库没有应答。",
    todo: "没有执行任何操作。请稍候再试；`dutchbook doctor` 可检查数据库。",
    whole: true,
  },
  idempotency_key_missing: { what: "需要 Idempotency-Key", todo: key },
  idempotency_key_unusable: { what: "Idempotency-Key 无法使用", todo: key },
  idempotency_key_reused: { what: "该键已用于另一个请求", todo: "新的请求请用新的键。" },
  idempotency_in_progress: { what: "仍在执行", todo: "请过一秒以同一个键再问。" },
  outcome_unknown: {
    what: "已发出，但应答丢失",
    todo: "同一个键不会执行第二次。请查看决定、订单和持仓，再作打算。",
  },
  bad_body: { what: "请求内容无法读懂", todo: "字段见 /openapi.json。金额和价格是十进制文本。" },
  fields_clash: { what: "字段互相矛盾", todo: "说明中写明缺少或多余的字段。" },
  wrong_token: { what: "代币属于另一个市场", todo: "请从该市场的结果中选取代币。" },
  price_off_tick: { what: "价格不在价格档位上", todo: "请使用最近的价格之一。" },
  price_out_of_range: { what: "价格超出范围", todo: "价格须介于一档与一美元减一档之间。" },
  size_not_positive: { what: "没有可做的", todo: "请给出大于零的数量。" },
  size_off_grid: { what: "小数位过多", todo: "订单数量须为百分之一份额的整数倍。" },
  below_minimum: { what: "小于交易所接受的最小量", todo: "请给出更大的数量。" },
  not_enough_balance: { what: "数量不足", todo: "只能使用已结算且未预留的：见持仓。" },
  opportunity_over: { what: "机会已结束", todo: "请查看开放的机会列表。" },
  market_closed: { what: "市场不接受订单", todo: "请选择开放的市场。" },
  market_unresolved: { what: "尚未结算", todo: "请等待市场结算；届时会自动赎回。" },
  halted: { what: "交易已停止", todo: "请查明原因，然后恢复。" },
  risk_refused: { what: "被风险管理拒绝", todo: gates },
  strategy_refused: { what: "被策略拒绝", todo: gates },
  bad_limits: { what: "无法使用", todo: "名称和范围见设置的文档。" },
  swarm_off: { what: "没有可询问的模型", todo: "请提供密钥或本地模型：见设置文档中的 [swarm]。" },
  swarm_busy: { what: "模型正忙", todo: "请在正在询问的问题得到答复后再试。" },
  swarm_budget: { what: "今日预算已用完", todo: "请等到次日（UTC），或提高 swarm.budget_usd_day。" },
  forecast_running: { what: "已在询问", todo: "请查看正在进行的预测。" },
  book_not_trusted: { what: "订单簿目前不可信", todo: "请稍候再试，或选择被关注的市场。" },
  alerts_off: {
    what: "没有人会收到通知",
    todo: "请设置渠道：见 docs/alerts.md。演示模式下请设 alerts.enabled = true。",
  },
  channel_off: { what: "该渠道没有设置", todo: "GET /api/v1/alerts/channels 说明缺少什么。" },
  market_unpriced: { what: "没有可比较的价格", todo: "请选择有买价和卖价的市场。" },
  refused: { what: "被拒绝", todo: "说明中写明原因。" },
};
