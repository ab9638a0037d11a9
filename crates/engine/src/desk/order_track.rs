//! One order from the decision to its last settled share.

use std::collections::BTreeMap;

use domain::{OrderId, Price, Shares, Side, TradeId, TradeState, UnixMillis, Usd};
use serde::{Deserialize, Serialize};

use super::{LegIndex, OrderNumber, PlanNumber};
use crate::signal::PlannedOrder;

/// Difference between what an order says it matched and what its trades add up to that the venue
/// leaves behind when it rounds: 0.01 shares.
pub const DUST: Shares = Shares::from_micros(10_000);

/// Why an order is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "cause", rename_all = "snake_case")]
pub enum EndCause {
    /// Nothing is left of it.
    Filled,
    /// The rest was cancelled, by us or by the venue.
    Cancelled,
    /// The venue refused it; it never existed.
    Rejected {
        /// A stable name of the reason.
        code: String,
        /// The venue's own words, bounded. Untrusted text.
        text: String,
    },
    /// It found nobody.
    Unmatched,
    /// The venue says that it never heard of it, long after it could still arrive.
    NeverArrived,
    /// It could not be signed, so nothing was sent.
    NotSigned {
        /// Why.
        why: String,
    },
}

/// Refusals that say nothing of the order: the venue takes none now, or none could be sent.
const PAUSES: [&str; 7] = [
    NOT_SENT,
    "restarting",
    "post_only_mode",
    "trading_disabled",
    "region_blocked",
    "rate_limited",
    "closed_only",
];

/// The code of an order that surely never left.
pub(super) const NOT_SENT: &str = "not_sent";

/// Whether a refusal of this code is about the venue's state, or the account's, and not about the
/// order.
pub(super) fn is_venues_pause(code: &str) -> bool {
    PAUSES.contains(&code)
}

impl EndCause {
    /// The venue never looked at it, because it took no orders.
    #[must_use]
    pub fn is_venues_pause(&self) -> bool {
        matches!(self, Self::Rejected { code, .. } if is_venues_pause(code))
    }
}

/// Where an order is in its life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum OrderState {
    /// Written down, perhaps sent; nothing is known of it yet.
    InDoubt,
    /// The venue holds it back for a moment.
    Delayed,
    /// It rests, or its fills are on their way.
    Live,
    /// Nothing more will be matched.
    Ended {
        /// Why.
        cause: EndCause,
    },
}

/// One match of the order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TradeTrack {
    /// Shares.
    pub size: Shares,
    /// Dollars before the fee.
    pub value: Usd,
    /// The fee.
    pub fee: Usd,
    /// How far it has come.
    pub state: TradeState,
}

/// An order with everything known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderTrack {
    /// Our number of it.
    pub number: OrderNumber,
    /// The venue's name of it.
    pub id: OrderId,
    /// For which plan.
    pub plan: PlanNumber,
    /// For which leg of the plan's current stage; `None` where it gives shares back.
    pub leg: Option<LegIndex>,
    /// What was wished.
    pub order: PlannedOrder,
    /// The exact bytes that are sent, and nothing else, ever.
    pub body: String,
    /// Where it is.
    pub state: OrderState,
    /// Shares the venue says it matched.
    pub matched: Shares,
    /// Its matches.
    pub trades: BTreeMap<TradeId, TradeTrack>,
    /// When it was decided.
    pub created_at: UnixMillis,
    /// When its cancellation was last asked for.
    pub cancel_asked_at: Option<UnixMillis>,
    /// When it ended.
    pub ended_at: Option<UnixMillis>,
    /// How often the same bytes were posted.
    pub posts: u32,
    /// When they were last posted.
    pub posted_at: UnixMillis,
}

impl OrderTrack {
    /// Nothing more will be matched.
    #[must_use]
    pub const fn is_ended(&self) -> bool {
        matches!(self.state, OrderState::Ended { .. })
    }
    /// Shares matched that have not failed to settle, told by trades or by the order alone.
    #[must_use]
    pub fn filled(&self) -> Shares {
        let failed = self.trades.values().filter(|trade| trade.state == TradeState::Failed);
        self.matched.max(self.seen()) - failed.map(|trade| trade.size).sum()
    }
    /// Shares of confirmed trades.
    #[must_use]
    pub fn settled(&self) -> Shares {
        let confirmed = |trade: &&TradeTrack| trade.state == TradeState::Confirmed;
        self.trades.values().filter(confirmed).map(|trade| trade.size).sum()
    }
    /// Shares of every trade ever seen, failed ones included.
    #[must_use]
    pub fn seen(&self) -> Shares {
        self.trades.values().map(|trade| trade.size).sum()
    }
    /// Shares matched at the venue that no trade has told of yet.
    #[must_use]
    pub fn untold(&self) -> Shares {
        (self.matched - self.seen()).max(Shares::ZERO)
    }
    /// More than the venue's rounding is matched there that no trade has told of yet.
    #[must_use]
    pub fn is_untold(&self) -> bool {
        self.untold() > DUST
    }
    /// It is over, and every trade that was told of is final.
    #[must_use]
    pub fn is_final(&self) -> bool {
        self.is_ended() && self.trades.values().all(|trade| trade.state.is_final())
    }
    /// It is over, every match is known, and every trade is final.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.is_final() && !self.is_untold()
    }
    /// Shares that may still be matched.
    #[must_use]
    pub fn left(&self) -> Shares {
        if self.is_ended() {
            return Shares::ZERO;
        }
        let gone = self.matched.max(self.seen());
        Shares::from_micros((self.order.terms.size - gone).micros().max(0))
    }
    /// Dollars that all trades which have not failed moved, fees included: positive came in.
    #[must_use]
    pub fn cash(&self) -> Usd {
        let alive = self.trades.values().filter(|trade| trade.state != TradeState::Failed);
        alive
            .map(|trade| match self.order.terms.side {
                Side::Buy => -(trade.value + trade.fee),
                Side::Sell => trade.value - trade.fee,
            })
            .sum()
    }
    /// What the unfilled rest may still cost, fees included; nothing for a sale.
    #[must_use]
    pub fn cost_left(&self) -> Usd {
        match self.order.terms.side {
            Side::Sell => Usd::ZERO,
            Side::Buy => cost(self.left(), self.order.terms.price, &self.order),
        }
    }
    /// What the shares cost at most that no trade has told of yet, fees included; nothing for a sale.
    #[must_use]
    pub fn cost_untold(&self) -> Usd {
        match self.order.terms.side {
            Side::Sell => Usd::ZERO,
            Side::Buy => cost(self.untold(), self.order.terms.price, &self.order),
        }
    }
}

fn cost(size: Shares, price: Price, order: &PlannedOrder) -> Usd {
    let fee = order.market.fee.fee(size, price, domain::Rounding::Up);
    size.at(price, domain::Rounding::Up) + fee
}
