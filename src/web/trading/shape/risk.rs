//! How much may be risked, and how much is.

mod used;

use actors::trading::{TradingBoard, VenueStatus};
use domain::{UnixMillis, Usd};
use engine::desk::Notice;
use engine::desk::TradingView;
use engine::risk::{Lock, LockId, LockScope, Reconciled};
use serde::Serialize;
use utoipa::ToSchema;

use super::value_text;

/// Notices that are shown.
const NOTICES_MAX: usize = 50;

/// How much may be risked, and how much is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RiskView {
    /// When it was so.
    pub at: String,
    /// Our books were compared with the venue's and agree.
    pub reconciled: bool,
    /// Why nothing is traded; null while trading goes on.
    pub halt: Option<HaltView>,
    /// Every limit with what is used of it.
    pub limits: Vec<LimitView>,
    /// What is kept away from.
    pub locks: Vec<LockView>,
    /// Settled dollars that are promised to nobody.
    pub cash_free_usd: String,
    /// Dollars, and everything held at the best bids.
    pub equity_usd: String,
    /// The highest equity so far.
    pub equity_peak_usd: Option<String>,
    /// Reserved for open plans.
    pub reserved_usd: String,
    /// What counts against the day's limit of losses.
    pub day_loss_usd: Option<String>,
    /// Orders that may still be matched.
    pub open_orders: usize,
    /// Plans that are under way.
    pub open_plans: usize,
    /// Whether certificates were kept.
    pub breaches: BreachesView,
    /// What the venue's side says.
    pub venue: VenueView,
    /// What a person should know, the newest first.
    pub notices: Vec<NoticeView>,
}

/// A halt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct HaltView {
    /// A stable name of what stopped trading.
    pub cause: &'static str,
    /// In words; of an operator who and why.
    pub text: String,
    /// Since when.
    pub since: String,
    /// When the venue was asked and nothing of ours rested there; null until then.
    pub proven_at: Option<String>,
}

/// One limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LimitView {
    /// Its name in the settings.
    pub name: &'static str,
    /// `usd`, `count`, `ms` or `price`.
    pub unit: &'static str,
    /// What it bounds, in a sentence.
    pub text: &'static str,
    /// The limit.
    pub limit: String,
    /// What is used of it now, the worst market's or group's where it is one of many; null where it
    /// bounds each wish alone.
    pub used: Option<String>,
    /// Which market or group `used` is of.
    pub about: Option<String>,
}

/// A lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LockView {
    /// Its number.
    pub id: u64,
    /// `everything`, `strategy`, `market` or `group`.
    pub scope: &'static str,
    /// Which one.
    pub of: Option<String>,
    /// Why.
    pub reason: String,
    /// Since when.
    pub since: String,
    /// Until when; null until it is lifted.
    pub until: Option<String>,
}

/// How often the world kept what a certificate promised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BreachesView {
    /// Plans that traded.
    pub plans: u64,
    /// Those that ended worse than promised at worst.
    pub breached: u64,
    /// By how much in all.
    pub amount_usd: String,
}

/// What the roles at the venue last said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct VenueView {
    /// Why no orders can be sent now; null where they can.
    pub orders_refused: Option<String>,
    /// Why no transactions can be carried out now; null where they can.
    pub chain_refused: Option<String>,
    /// The user socket brings news.
    pub user_socket_up: bool,
    /// When both sides were last compared.
    pub compared_at: Option<String>,
    /// What differed then, one sentence each.
    pub differences: Vec<String>,
}

/// Something a person should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NoticeView {
    /// When.
    pub at: String,
    /// A stable name of the kind.
    pub code: &'static str,
    /// What happened, why, and what to do.
    pub text: String,
}

impl RiskView {
    /// How it stands now. `feed_age_ms` is the age of the newest market data.
    #[must_use]
    pub fn new(view: &TradingView, board: &TradingBoard, feed_age_ms: Option<i64>) -> Self {
        let notices = board.notices();
        Self {
            at: view.at.to_rfc3339(),
            reconciled: view.reconciled == Reconciled::Yes,
            halt: halt_view(view, board),
            limits: limit_views(view, feed_age_ms),
            locks: lock_views(view),
            cash_free_usd: view.cash.free().to_string(),
            equity_usd: view.equity.to_string(),
            equity_peak_usd: view.equity_peak.as_ref().map(Usd::to_string),
            reserved_usd: view.reserved.to_string(),
            day_loss_usd: view.day_loss.as_ref().map(Usd::to_string),
            open_orders: view.open_orders().count(),
            open_plans: view.plans.len(),
            breaches: BreachesView {
                plans: view.breaches.plans,
                breached: view.breaches.breached,
                amount_usd: view.breaches.amount.to_string(),
            },
            venue: venue_view(board.venue()),
            notices: notices.iter().take(NOTICES_MAX).map(|it| NoticeView::from(&**it)).collect(),
        }
    }
}

impl From<&Notice> for NoticeView {
    fn from(notice: &Notice) -> Self {
        Self { at: notice.at.to_rfc3339(), code: notice.code, text: notice.text.clone() }
    }
}

/// The halt, with the proof of it where there is one by now.
#[must_use]
pub fn halt_view(view: &TradingView, board: &TradingBoard) -> Option<HaltView> {
    let halt = view.halt.as_ref()?;
    let proven_at = board.halt_proven_at().filter(|at| *at >= halt.at);
    Some(HaltView {
        cause: halt.cause.code(),
        text: halt.text.clone(),
        since: halt.at.to_rfc3339(),
        proven_at: proven_at.map(UnixMillis::to_rfc3339),
    })
}

/// The locks, oldest first.
#[must_use]
pub fn lock_views(view: &TradingView) -> Vec<LockView> {
    view.locks.iter().map(|(id, lock)| lock_view(*id, lock)).collect()
}

fn lock_view(id: LockId, lock: &Lock) -> LockView {
    let (scope, of) = match &lock.scope {
        LockScope::Everything => ("everything", None),
        LockScope::Strategy(name) => ("strategy", Some(name.to_string())),
        LockScope::Market(condition) => ("market", Some(condition.to_string())),
        LockScope::Group(group) => ("group", Some(group.to_string())),
    };
    LockView {
        id: id.0,
        scope,
        of,
        reason: lock.reason.clone(),
        since: lock.since.to_rfc3339(),
        until: lock.until.map(UnixMillis::to_rfc3339),
    }
}

/// What the roles at the venue last said.
#[must_use]
pub fn venue_view(status: VenueStatus) -> VenueView {
    VenueView {
        orders_refused: status.orders_refused,
        chain_refused: status.chain_refused,
        user_socket_up: status.user_socket_up,
        compared_at: status.compared_at.map(UnixMillis::to_rfc3339),
        differences: status.differences.iter().map(ToString::to_string).collect(),
    }
}

/// Every limit with what is used of it.
#[must_use]
pub fn limit_views(view: &TradingView, feed_age_ms: Option<i64>) -> Vec<LimitView> {
    let used = used::Used { view, feed_age_ms };
    let entries = view.limits.entries().into_iter();
    entries
        .map(|(name, limit)| {
            let (unit, limit) = value_text(&limit);
            let (used, about) = used.of(name).unzip();
            LimitView { name, unit, text: text(name), limit, used, about: about.flatten() }
        })
        .collect()
}

fn text(name: &str) -> &'static str {
    match name {
        "market_usd_max" => "Dollars in one market: what is held at cost, and what is reserved.",
        "group_usd_max" => "Dollars in the markets of one group.",
        "total_usd_max" => "Dollars in all markets.",
        "order_usd_max" => "Dollars that one order is worth at its limit.",
        "trades_per_minute_max" => "Wishes approved within a minute.",
        "day_loss_usd_max" => "Dollars lost within a day (UTC).",
        "drawdown_usd_max" => "Dollars that the equity is below its peak.",
        "leg_missing_loss_usd_max" => "Dollars that a wish may lose where one leg finds nobody.",
        "floor_loss_usd_max" => "Dollars that a wish may lose at its very worst.",
        "open_orders_max" => "Orders open at once.",
        "open_plans_max" => "Plans open at once.",
        "consecutive_errors_max" => "Errors in a row before trading stops.",
        "feed_age_ms_max" => "Time since the feed vouched for the oldest book.",
        "price_min" => "The lowest price of an order.",
        "price_max" => "The highest price of an order.",
        "ends_within_ms_min" => "The shortest time to a market's scheduled end.",
        _ => "A limit of this version.",
    }
}
