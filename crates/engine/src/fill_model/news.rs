//! What the venue on paper tells, in the words of the real one.

use domain::{
    Liquidity, OrderId, Price, Shares, Side, TokenId, TradeId, TradeState, UnixMillis, Usd,
};
use serde::{Deserialize, Serialize};

use super::order::PaperOrder;
use super::settlement::mix;
use crate::ledger::{Tag, TradeReport};

/// Why an order is refused. It then never existed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// An order of this name has arrived before.
    Duplicated,
    /// The price is not on the grid, or not between one tick and one less a tick.
    OffTick,
    /// The size is nothing, or finer than hundredths of a share.
    SizeNotInHundredths,
    /// The size is below the market's smallest.
    TooSmall,
    /// It would take, and is worth less than a dollar.
    WorthTooLittle,
    /// Post-only and yet to be filled now.
    PostOnlyMustRest,
    /// Post-only, and it would take.
    PostOnlyWouldCross,
    /// A date less than 180 seconds ahead.
    DateTooNear,
    /// FOK, and the depth does not hold all of it.
    NotFilledWhole,
    /// FAK, and there is nobody.
    NobodyThere,
    /// There is no book that could be believed, and none came for a while.
    NoBook,
    /// The engine restarts: the real venue answers 425.
    Restarting,
}

/// The answer to an order that arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaperAnswer {
    /// It rests, and took nothing.
    Live,
    /// It took something; what is left of it rests or is cancelled.
    Matched,
    /// It is refused.
    Refused(Refusal),
}

/// Why an order is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaperEnd {
    /// Nothing is left of it.
    Filled,
    /// It was cancelled by us.
    Cancelled,
    /// FAK: the rest found nobody.
    RestCancelled,
    /// Its date came, a minute early as at the real venue.
    Expired,
}

/// How far a transaction has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskStep {
    /// It is in a block.
    Mined,
    /// It happened.
    Confirmed,
    /// It never happened.
    Failed,
}

/// One fill. Each level that a taker meets is a trade of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperTrade {
    /// Its name, made of the order's and a count.
    pub trade: TradeId,
    /// Our order.
    pub order: OrderId,
    /// What it traded.
    pub token: TokenId,
    /// Bought or sold.
    pub side: Side,
    /// How many shares.
    pub size: Shares,
    /// At what price.
    pub price: Price,
    /// Dollars before the fee, rounded against us.
    pub value: Usd,
    /// The taker's fee as the venue states it; nothing for a maker.
    pub fee: Usd,
    /// Whether it took or rested.
    pub liquidity: Liquidity,
    /// How far it has come.
    pub state: TradeState,
    /// When it was matched.
    pub matched_at: UnixMillis,
    /// Decides whether it fails to settle.
    pub draw: u64,
}

impl PaperTrade {
    /// A trade of an earlier run, as the ledger has it. It settles or fails as it would have then.
    #[must_use]
    pub fn resumed(report: &TradeReport) -> Self {
        let count = report.trade.0.rsplit(':').next().and_then(|count| count.parse().ok());
        Self {
            trade: report.trade.clone(),
            order: report.order,
            token: report.token,
            side: report.side,
            size: report.size,
            price: report.price,
            value: report.value,
            fee: report.fee,
            liquidity: report.liquidity,
            state: report.state,
            matched_at: report.matched_at,
            draw: mix(PaperOrder::draw_of(report.order), count.unwrap_or_default()),
        }
    }
    /// The same for the ledger.
    #[must_use]
    pub fn report(&self, at: UnixMillis, tag: Tag) -> TradeReport {
        TradeReport {
            trade: self.trade.clone(),
            order: self.order,
            token: self.token,
            side: self.side,
            size: self.size,
            price: self.price,
            value: self.value,
            fee: self.fee,
            liquidity: self.liquidity,
            state: self.state,
            matched_at: self.matched_at,
            at,
            tag,
        }
    }
}

/// A fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PaperFact {
    /// An order arrived. Comes before its trades.
    Answered {
        /// Which.
        order: OrderId,
        /// With what result.
        answer: PaperAnswer,
    },
    /// A trade is matched, or has come further.
    Trade(PaperTrade),
    /// Nothing more of this order will be matched. Comes after its trades.
    Ended {
        /// Which.
        order: OrderId,
        /// What of it has met others.
        matched: Shares,
        /// Why.
        cause: PaperEnd,
    },
    /// A cancellation arrived, and the order is not open.
    CancelRefused {
        /// Which.
        order: OrderId,
    },
    /// A transaction has come further.
    Task {
        /// Its name.
        task: String,
        /// How far.
        step: TaskStep,
    },
}

/// A fact and its moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperNews {
    /// When.
    pub at: UnixMillis,
    /// What.
    pub fact: PaperFact,
}
