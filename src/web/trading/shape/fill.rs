//! Matches of our orders.

use domain::{Liquidity, TradeState};
use serde::Serialize;
use store::FillRow;
use utoipa::ToSchema;

use super::Names;
use super::signal::side_code;

/// One match of one order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FillView {
    /// The venue's name of the match.
    pub trade_id: String,
    /// Which order.
    pub order_id: String,
    /// Who wished it.
    pub strategy: String,
    /// In which market.
    pub condition_id: String,
    /// The market's title. Text from the venue: not to be trusted.
    pub title: String,
    /// What was traded.
    pub token_id: String,
    /// The outcome's name. Text from the venue: not to be trusted.
    pub outcome: Option<String>,
    /// `buy` or `sell`.
    pub side: &'static str,
    /// Shares.
    pub size_shares: String,
    /// Dollars a share, on average.
    pub price: String,
    /// Dollars before the fee.
    pub value_usd: String,
    /// The fee.
    pub fee_usd: String,
    /// `maker` or `taker`.
    pub liquidity: &'static str,
    /// `matched`, `mined`, `retrying`, `confirmed` or `failed`.
    pub state: &'static str,
    /// It is final and counts.
    pub settled: bool,
    /// When it was matched.
    pub at: String,
    /// When its state changed last.
    pub updated_at: String,
}

impl FillView {
    /// As it is written down.
    #[must_use]
    pub fn of_row(row: FillRow, names: &Names) -> Self {
        Self {
            trade_id: row.trade_id.0,
            order_id: row.order_id.to_string(),
            strategy: row.strategy.to_string(),
            condition_id: row.condition.to_string(),
            title: names.title(&row.condition),
            token_id: row.token.to_string(),
            outcome: names.outcome(&row.condition, row.token),
            side: side_code(row.side),
            size_shares: row.size.to_string(),
            price: row.price.to_string(),
            value_usd: row.value.to_string(),
            fee_usd: row.fee.to_string(),
            liquidity: liquidity_code(row.liquidity),
            state: row.state.code(),
            settled: row.state == TradeState::Confirmed,
            at: row.at.to_rfc3339(),
            updated_at: row.updated_at.to_rfc3339(),
        }
    }
}

/// `maker` or `taker`.
#[must_use]
pub const fn liquidity_code(liquidity: Liquidity) -> &'static str {
    match liquidity {
        Liquidity::Maker => "maker",
        Liquidity::Taker => "taker",
    }
}
