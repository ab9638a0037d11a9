//! What can differ, how bad it is, and how to say it.

use std::fmt;

use domain::{OrderId, Price, Shares, Side, TokenId, TradeId, TradeState, UnixMillis, Usd};
use serde::{Deserialize, Serialize};

/// What a difference means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// News that was missed: what is told is booked, what is missing is asked for, and all is well.
    Heals,
    /// Money does not add up: nothing may be traded before a person has looked.
    Halts,
}

/// An amount that may lie anywhere from `least` to `most`, for something is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range<T> {
    /// If everything that leaves has left and nothing that comes has come.
    pub least: T,
    /// If everything that comes has come and nothing that leaves has left.
    pub most: T,
}

impl<T: fmt::Display + PartialEq> fmt::Display for Range<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.least == self.most {
            write!(f, "{}", self.least)
        } else {
            write!(f, "between {} and {}", self.least, self.most)
        }
    }
}

/// One side's idea of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderSide {
    /// What is traded.
    pub token: TokenId,
    /// Bought or sold.
    pub side: Side,
    /// What has met others.
    pub matched: Shares,
}

/// One side's idea of a trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TradeSide {
    /// What our order traded.
    pub token: TokenId,
    /// Whether our order bought or sold.
    pub side: Side,
    /// How many shares.
    pub size: Shares,
    /// The price as stated.
    pub price: Price,
    /// How far it has come.
    pub state: TradeState,
}

/// Something on which the two sides do not agree. `here` is ours, `there` the venue's or the
/// chain's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Difference {
    /// An order is open there that was never stored here, though every order is stored before it
    /// is sent: somebody else trades for this account.
    OrderUnknown {
        /// Which.
        order: OrderId,
        /// As it is there.
        there: OrderSide,
    },
    /// An order that has ended here is still open there.
    OrderStillOpen {
        /// Which.
        order: OrderId,
        /// When it ended here.
        ended_at: UnixMillis,
        /// As it is there.
        there: OrderSide,
    },
    /// An order that is open here is not open there: ask for it by its id.
    OrderGone {
        /// Which.
        order: OrderId,
        /// As it is here.
        here: OrderSide,
    },
    /// The venue matched more of an order than we know: its trades are news.
    MatchedMore {
        /// Which.
        order: OrderId,
        /// As it is here.
        here: OrderSide,
        /// As it is there.
        there: OrderSide,
    },
    /// The venue matched less of an order than is booked.
    MatchedLess {
        /// Which.
        order: OrderId,
        /// As it is here.
        here: OrderSide,
        /// As it is there.
        there: OrderSide,
    },
    /// A trade is listed there that is unknown here.
    TradeUnknown {
        /// The match.
        trade: TradeId,
        /// Our order in it.
        order: OrderId,
        /// As it is there.
        there: TradeSide,
    },
    /// A trade has come further there.
    TradeNewer {
        /// The match.
        trade: TradeId,
        /// Our order in it.
        order: OrderId,
        /// As it is here.
        here: TradeSide,
        /// As it is there.
        there: TradeSide,
    },
    /// A trade has other terms there, or the opposite verdict.
    TradeContradicts {
        /// The match.
        trade: TradeId,
        /// Our order in it.
        order: OrderId,
        /// As it is here.
        here: TradeSide,
        /// As it is there.
        there: TradeSide,
    },
    /// A trade that is booked here is not in the venue's list.
    TradeMissing {
        /// The match.
        trade: TradeId,
        /// Our order in it.
        order: OrderId,
        /// As it is here.
        here: TradeSide,
    },
    /// The wallet's dollars are not what is booked.
    CashDiffers {
        /// What is booked.
        here: Range<Usd>,
        /// What the chain says.
        there: Usd,
    },
    /// The wallet's dollars could not be read.
    CashUnread {
        /// What is booked.
        here: Range<Usd>,
    },
    /// The wallet's shares are not what is booked.
    SharesDiffer {
        /// Of which outcome.
        token: TokenId,
        /// What is booked.
        here: Range<Shares>,
        /// What the chain says.
        there: Shares,
    },
    /// The wallet's shares could not be read.
    SharesUnread {
        /// Of which outcome.
        token: TokenId,
        /// What is booked.
        here: Range<Shares>,
    },
}

impl Difference {
    /// How bad it is.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        match self {
            Self::OrderStillOpen { .. }
            | Self::OrderGone { .. }
            | Self::MatchedMore { .. }
            | Self::TradeUnknown { .. }
            | Self::TradeNewer { .. }
            | Self::CashUnread { .. }
            | Self::SharesUnread { .. } => Severity::Heals,
            Self::OrderUnknown { .. }
            | Self::MatchedLess { .. }
            | Self::TradeContradicts { .. }
            | Self::TradeMissing { .. }
            | Self::CashDiffers { .. }
            | Self::SharesDiffer { .. } => Severity::Halts,
        }
    }
}

impl fmt::Display for OrderSide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of token {}, {} matched", word(self.side), self.token, self.matched)
    }
}

impl fmt::Display for TradeSide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { token, side, size, price, state } = self;
        write!(f, "{} of {size} of token {token} at {price}, {}", word(*side), state.code())
    }
}

const fn word(side: Side) -> &'static str {
    match side {
        Side::Buy => "purchase",
        Side::Sell => "sale",
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OrderUnknown { order, there } => write!(
                f,
                "Order {order} is open at the venue ({there}) and was never stored here: \
                 somebody trades by hand, or another program, with this account. Cancel it \
                 and stop them, or leave it alone for good: `dutchbook accept {order} --why …`."
            ),
            Self::OrderStillOpen { order, ended_at, there } => write!(
                f,
                "Order {order} ended here at {} and is still open at the venue ({there}). \
                 It is cancelled.",
                ended_at.to_rfc3339()
            ),
            Self::OrderGone { order, here } => write!(
                f,
                "Order {order} is open here ({here}) and not at the venue. \
                 It is asked for by its id."
            ),
            Self::MatchedMore { order, here, there } => write!(
                f,
                "Of order {order} {} shares are matched at the venue and {} here. \
                 Its trades are read again.",
                there.matched, here.matched
            ),
            Self::MatchedLess { order, here, there } => write!(
                f,
                "Of order {order} {} shares are matched here and only {} at the venue. \
                 Compare its trades.",
                here.matched, there.matched
            ),
            Self::TradeUnknown { trade, order, there } => write!(
                f,
                "Trade {trade} of order {order} ({there}) was not known here. It is booked."
            ),
            Self::TradeNewer { trade, order, here, there } => write!(
                f,
                "Trade {trade} of order {order} is {} at the venue and {} here. It is booked.",
                there.state.code(),
                here.state.code()
            ),
            Self::TradeContradicts { trade, order, here, there } => write!(
                f,
                "Trade {trade} of order {order} is booked as {here}, and the venue says {there}. \
                 Both cannot be true: look it up on the chain."
            ),
            Self::TradeMissing { trade, order, here } => write!(
                f,
                "Trade {trade} of order {order} is booked ({here}), and the venue does not list \
                 it. Look it up on the chain."
            ),
            Self::CashDiffers { here, there } => {
                let likely = match there.cmp(&here.least) {
                    std::cmp::Ordering::Less => "a withdrawal, a purchase by hand, or a fee",
                    _ => "a deposit, a maker's rebate or reward, or a sale by hand",
                };
                write!(
                    f,
                    "The wallet holds {there} dollars and {here} are booked. Likely {likely}. \
                     Once you know what it is, accept it: `dutchbook accept usd --there {there} \
                     --booked-as owner --why …` (put in or taken out) or `result` (earned or lost)."
                )
            }
            Self::CashUnread { here } => {
                write!(f, "The wallet's dollars could not be read; {here} are booked.")
            }
            Self::SharesDiffer { token, here, there } => {
                let likely = match there.cmp(&here.least) {
                    std::cmp::Ordering::Less => "sold or sent by hand",
                    _ => "bought or received by hand",
                };
                write!(
                    f,
                    "The wallet holds {there} shares of token {token} and {here} are booked. Likely \
                     {likely}. Once you know what it is, accept it: `dutchbook accept {token} --there \
                     {there} --booked-as owner --why …` (put in or taken out) or `result` (earned or lost)."
                )
            }
            Self::SharesUnread { token, here } => write!(
                f,
                "The wallet's shares of token {token} could not be read; {here} are booked."
            ),
        }
    }
}
