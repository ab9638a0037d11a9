//! The ledger's entries.

use domain::decimal::format_scaled;
use serde::Serialize;
use store::{LedgerEntryRow, PostingRow};
use utoipa::ToSchema;

/// One entry; its lines add up to nothing for every asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LedgerEntryView {
    /// Its number.
    pub id: u64,
    /// When, RFC 3339.
    pub at: String,
    /// `provisional`, `final` or `reversal`.
    pub phase: &'static str,
    /// `trade`, `chain`, `deposit`, `withdrawal` or `adjustment`.
    pub cause: String,
    /// Which trade or transaction.
    pub reference: String,
    /// Whose result it is.
    pub strategy: Option<String>,
    /// In which market.
    pub condition_id: Option<String>,
    /// In which group.
    pub group_id: Option<String>,
    /// A note for people.
    pub memo: String,
    /// Its lines.
    pub postings: Vec<PostingView>,
}

/// One line of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PostingView {
    /// Whose.
    pub account: String,
    /// `usd`, or the token.
    pub asset: String,
    /// Dollars or shares; what arrives is positive.
    pub amount: String,
}

impl From<LedgerEntryRow> for LedgerEntryView {
    fn from(row: LedgerEntryRow) -> Self {
        Self {
            id: row.id,
            at: row.at.to_rfc3339(),
            phase: row.phase.code(),
            cause: row.cause_kind.to_string(),
            reference: row.cause_reference,
            strategy: row.strategy.map(|strategy| strategy.to_string()),
            condition_id: row.condition.map(|condition| condition.to_string()),
            group_id: row.group.map(|group| group.to_string()),
            memo: row.memo,
            postings: row.postings.into_iter().map(PostingView::from).collect(),
        }
    }
}

impl From<PostingRow> for PostingView {
    fn from(row: PostingRow) -> Self {
        let amount = format_scaled(row.amount_micros, 6);
        Self { account: row.account, asset: row.asset, amount }
    }
}
