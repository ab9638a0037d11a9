//! Trades, whales and wallets as JSON. Amounts, prices and sizes are decimal texts.

mod record;
mod whale;

use actors::tape::TapeStatus;
use domain::decimal::format_scaled;
use domain::{AccountAddress, Side, UnixMillis, Usd};
use engine::tape::ToldPrint;
use engine::whales::{Freshness, Interval, WalletProfile};
use serde::Serialize;
use store::{TradeRow, WalletRow};
use utoipa::ToSchema;

pub use record::{RecordRowView, RecordView};
pub use whale::{GradeView, WhaleDetailView, WhaleView, whale_frame};

const DAY_MS: i64 = 86_400_000;

/// A trade that somebody made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TradeView {
    /// Its name.
    pub id: String,
    /// When, RFC 3339.
    pub at: String,
    /// In which market.
    pub condition_id: String,
    /// What was traded.
    pub token_id: String,
    /// The market's question. Text from the venue: not to be trusted.
    pub title: String,
    /// The market's slug. Text from the venue: not to be trusted.
    pub slug: String,
    /// The outcome's name. Text from the venue: not to be trusted.
    pub outcome: String,
    /// `buy` or `sell`, of the taker.
    pub side: &'static str,
    /// Dollars a share, on average.
    pub price: String,
    /// Shares.
    pub size_shares: String,
    /// Dollars.
    pub value_usd: String,
    /// Who took; null where no source said so.
    pub wallet: Option<String>,
    /// The transaction; null where no source said so.
    pub transaction: Option<String>,
    /// Which source told it first: `live`, `book` or `list`.
    pub source: String,
}

impl From<TradeRow> for TradeView {
    fn from(row: TradeRow) -> Self {
        Self {
            id: row.id,
            at: row.at.to_rfc3339(),
            condition_id: row.condition.to_string(),
            token_id: row.token.to_string(),
            title: row.title,
            slug: row.slug,
            outcome: row.outcome,
            side: side_code(row.side),
            price: row.price.to_string(),
            size_shares: row.size.to_string(),
            value_usd: row.value.to_string(),
            wallet: row.wallet.map(|wallet| wallet.to_string()),
            transaction: row.transaction.map(|hash| hash.to_string()),
            source: row.source.to_string(),
        }
    }
}

impl From<&ToldPrint> for TradeView {
    fn from(told: &ToldPrint) -> Self {
        let print = &told.print;
        Self {
            id: told.id.to_string(),
            at: print.at.to_rfc3339(),
            condition_id: print.condition.to_string(),
            token_id: print.token.to_string(),
            title: print.about.title.to_string(),
            slug: print.about.slug.to_string(),
            outcome: print.about.outcome.to_string(),
            side: side_code(print.side),
            price: print.price.to_string(),
            size_shares: print.size.to_string(),
            value_usd: print.value.to_string(),
            wallet: print.wallet.map(|wallet| wallet.to_string()),
            transaction: print.transaction.map(|hash| hash.to_string()),
            source: print.source.code().to_owned(),
        }
    }
}

/// What is known of a wallet. Figures are null or nought until `fetched_at` is set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct WalletView {
    /// Its address.
    pub address: String,
    /// Its first trade, RFC 3339, where the venue says so.
    pub first_seen_at: Option<String>,
    /// Whole days since then.
    pub age_days: Option<i64>,
    /// It is younger than a week, or has hardly any positions.
    pub fresh: Option<bool>,
    /// Positions it holds.
    pub positions_open: u64,
    /// Positions it is out of, lost ones still in the wallet included.
    pub positions_settled: u64,
    /// Of these with a profit.
    pub wins: u64,
    /// `wins` of `positions_settled`, 0 to 1.
    pub win_rate: Option<String>,
    /// The truth lies above this in 97 or 98 of 100 such samples.
    pub win_rate_low: Option<String>,
    /// And below this.
    pub win_rate_high: Option<String>,
    /// What its positions cost altogether.
    pub volume_usd: String,
    /// What the settled ones cost.
    pub settled_cost_usd: String,
    /// What came of them.
    pub profit_usd: String,
    /// The venue lists more positions than were read.
    pub partial: bool,
    /// When all this was read; null where it was not yet.
    pub fetched_at: Option<String>,
    /// Its whale events that are stored.
    pub whales: usize,
    /// Its large trades that are stored, at most the newest 500: dollars.
    pub trades_usd: String,
}

impl WalletView {
    /// A wallet of which only trades are known.
    #[must_use]
    pub fn unknown(address: AccountAddress) -> Self {
        let nought = || "0".to_owned();
        Self {
            address: address.to_string(),
            volume_usd: nought(),
            settled_cost_usd: nought(),
            profit_usd: nought(),
            trades_usd: nought(),
            ..Self::default()
        }
    }
    /// As its positions show it.
    #[must_use]
    pub fn of_row(row: &WalletRow, freshness: Freshness, now: UnixMillis) -> Self {
        let profile = WalletProfile {
            first_seen_at: row.first_seen_at,
            open: row.open,
            settled: row.settled,
            wins: row.wins,
            volume: row.volume,
            profit: row.profit,
            settled_cost: row.settled_cost,
            partial: row.partial,
        };
        let rate = profile.win_rate();
        Self {
            address: row.address.to_string(),
            first_seen_at: row.first_seen_at.map(UnixMillis::to_rfc3339),
            age_days: row.first_seen_at.map(|at| now.since(at).0.max(0) / DAY_MS),
            fresh: profile.is_fresh(now, freshness),
            positions_open: row.open,
            positions_settled: row.settled,
            wins: row.wins,
            win_rate: rate.map(|rate| ratio(rate.middle_ppm)),
            win_rate_low: rate.map(|rate| ratio(rate.low_ppm)),
            win_rate_high: rate.map(|rate| ratio(rate.high_ppm)),
            volume_usd: row.volume.to_string(),
            settled_cost_usd: row.settled_cost.to_string(),
            profit_usd: row.profit.to_string(),
            partial: row.partial,
            fetched_at: Some(row.fetched_at.to_rfc3339()),
            whales: 0,
            trades_usd: Usd::ZERO.to_string(),
        }
    }
}

/// How the tape stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TapeView {
    /// `connecting`, `live`, `silent` or `down`: the live stream of trades.
    pub state: &'static str,
    /// When it last carried a trade, RFC 3339.
    pub last_data_at: Option<String>,
    /// Every trade up to this moment was read in the venue's list, RFC 3339.
    pub complete_to: Option<String>,
    /// Trades heard from all sources, doubles included.
    pub prints: u64,
    /// Trades told.
    pub told: u64,
    /// Whales told.
    pub whales: u64,
    /// Left out as too small.
    pub small: u64,
    /// Left out as decided: too near 0 or 1.
    pub decided: u64,
    /// Left out by the words of their market.
    pub hidden: u64,
    /// Not readable.
    pub refused: u64,
    /// Walks through the list that were completed.
    pub backfills: u64,
    /// Trades that only the list knew.
    pub filled: u64,
    /// Connections opened after the first.
    pub reconnects: u64,
    /// Why the last connection or walk failed.
    pub last_error: Option<String>,
}

/// How the tape stands, as JSON.
#[must_use]
pub fn tape_view(status: TapeStatus) -> TapeView {
    let counts = status.counts;
    TapeView {
        state: status.state.code(),
        last_data_at: status.last_data_at.map(UnixMillis::to_rfc3339),
        complete_to: status.complete_to.map(UnixMillis::to_rfc3339),
        prints: counts.heard,
        told: counts.told,
        whales: counts.whales,
        small: counts.small,
        decided: counts.decided,
        hidden: counts.hidden,
        refused: counts.refused,
        backfills: counts.walks,
        filled: counts.filled,
        reconnects: counts.reconnects,
        last_error: status.last_error,
    }
}

const fn side_code(side: Side) -> &'static str {
    match side {
        Side::Buy => "buy",
        Side::Sell => "sell",
    }
}

/// Millionths as a decimal text.
fn ratio(ppm: i64) -> String {
    format_scaled(ppm, 6)
}

fn bounds(interval: Option<Interval>) -> [Option<String>; 3] {
    let text = |part: fn(&Interval) -> i64| interval.as_ref().map(|it| ratio(part(it)));
    [text(|it| it.middle_ppm), text(|it| it.low_ppm), text(|it| it.high_ppm)]
}
