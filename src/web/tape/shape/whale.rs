//! A whale event, for readers and as the frame that outside front ends know.

use domain::{Market, UnixMillis, Usd};
use engine::whales::{Horizon, WhaleClass, WhaleKind};
use serde::Serialize;
use serde_json::json;
use store::{GradeRow, WhaleRow};
use utoipa::ToSchema;

use super::{TradeView, WalletView, ratio, side_code};

/// What would have come of following it, at one horizon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct GradeView {
    /// `one_hour`, `one_day` or `settlement`.
    pub horizon: &'static str,
    /// `waiting`, `graded`, or `missed`: nobody looked in time, and no price is made up.
    pub state: &'static str,
    /// When it is due, RFC 3339; null for settlement, which the market decides.
    pub due_at: Option<String>,
    /// When it was taken, RFC 3339.
    pub graded_at: Option<String>,
    /// What one share of a follower brings, dollars.
    pub mark: Option<String>,
    /// After fees, dollars a share.
    pub profit_usd_per_share: Option<String>,
    /// For each dollar laid out; "0.12" is 12 per cent.
    pub r#return: Option<String>,
    /// Following paid.
    pub hit: Option<bool>,
}

/// A large trade, or a large sum in many trades.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct WhaleView {
    /// Its name.
    pub id: String,
    /// `large_print` or `accumulation`.
    pub kind: String,
    /// `large_print`, `accumulation`, `fresh_large_print` or `fresh_accumulation`.
    pub class: &'static str,
    /// The wallet was new; null while nobody knows.
    pub fresh: Option<bool>,
    /// When it was told, RFC 3339.
    pub at: String,
    /// Its first trade, RFC 3339.
    pub first_at: String,
    /// Its last trade, RFC 3339.
    pub last_at: String,
    /// How many trades.
    pub prints: u32,
    /// In which market.
    pub condition_id: String,
    /// What was traded.
    pub token_id: String,
    /// The market's question. Text from the venue, like those below: not to be trusted.
    pub title: String,
    /// The market's slug.
    pub slug: String,
    /// The event's slug.
    pub event_slug: String,
    /// The outcome's name.
    pub outcome: String,
    /// `buy` or `sell`.
    pub side: &'static str,
    /// Dollars a share, on average, when it was told.
    pub entry_price: String,
    /// Shares.
    pub size_shares: String,
    /// Dollars.
    pub value_usd: String,
    /// Whose; null where no source said so.
    pub wallet: Option<String>,
    /// After one hour, after one day, and when the market paid.
    pub grades: Vec<GradeView>,
}

/// A whale with what is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct WhaleDetailView {
    /// The whale.
    #[serde(flatten)]
    pub whale: WhaleView,
    /// Its stored trades, the newest first, at most 100.
    pub trades: Vec<TradeView>,
    /// Its wallet; null where nobody knows whose it was.
    pub profile: Option<WalletView>,
}

/// The class of a row; kinds that are not known count as large prints.
pub(super) fn class(kind: &str, fresh: Option<bool>) -> WhaleClass {
    let kind = WhaleKind::ALL.into_iter().find(|known| known.code() == kind);
    WhaleClass::of(kind.unwrap_or(WhaleKind::LargePrint), fresh)
}

impl From<WhaleRow> for WhaleView {
    fn from(row: WhaleRow) -> Self {
        let grades = Horizon::ALL.into_iter().zip(row.grades);
        let grades = grades.map(|(horizon, grade)| grade_view(horizon, grade, row.told_at));
        Self {
            class: class(row.kind.as_str(), row.fresh).code(),
            kind: row.kind.to_string(),
            fresh: row.fresh,
            at: row.told_at.to_rfc3339(),
            first_at: row.first_at.to_rfc3339(),
            last_at: row.last_at.to_rfc3339(),
            prints: row.prints,
            condition_id: row.condition.to_string(),
            token_id: row.token.to_string(),
            side: side_code(row.side),
            entry_price: row.entry_price.to_string(),
            size_shares: row.size.to_string(),
            value_usd: row.value.to_string(),
            wallet: row.wallet.map(|wallet| wallet.to_string()),
            grades: grades.collect(),
            id: row.id,
            title: row.title,
            slug: row.slug,
            event_slug: row.event_slug,
            outcome: row.outcome,
        }
    }
}

fn grade_view(horizon: Horizon, grade: GradeRow, told_at: UnixMillis) -> GradeView {
    GradeView {
        horizon: horizon.code(),
        state: grade.state.code(),
        due_at: horizon.after().map(|after| told_at.plus(after).to_rfc3339()),
        graded_at: grade.at.map(UnixMillis::to_rfc3339),
        mark: grade.mark.map(|mark| mark.to_string()),
        profit_usd_per_share: grade.profit.map(|profit| profit.to_string()),
        r#return: grade.return_ppm.map(ratio),
        hit: grade.profit.map(Usd::is_positive),
    }
}

/// The `data` of a `whale_trade` frame: the keys that outside front ends rely on, and more.
#[must_use]
pub fn whale_frame(row: &WhaleRow, market: Option<&Market>) -> String {
    let is_no = market.is_some_and(|market| market.no().token == row.token)
        || (market.is_none() && row.outcome.eq_ignore_ascii_case("no"));
    json!({
        "market": row.title,
        "side": if is_no { "NO" } else { "YES" },
        "amount": dollars_for_charts(row.value),
        "price": dollars_for_charts(row.entry_price),
        "timestamp": row.last_at.to_rfc3339(),
        "id": row.id,
        "kind": row.kind.as_str(),
        "class": class(row.kind.as_str(), row.fresh).code(),
        "fresh": row.fresh,
        "action": side_code(row.side),
        "outcome": row.outcome,
        "condition_id": row.condition.to_string(),
        "token_id": row.token.to_string(),
        "event_slug": row.event_slug,
        "prints": row.prints,
        "value_usd": row.value.to_string(),
        "wallet": row.wallet.map(|wallet| wallet.to_string()),
    })
    .to_string()
}

/// Outside front ends chart these fields, so they are JSON numbers; nothing decides by them.
#[expect(clippy::cast_precision_loss, reason = "an amount for charts; nothing decides by it")]
fn dollars_for_charts(amount: Usd) -> f64 {
    amount.micros() as f64 / 1_000_000.0
}
