//! What is held, in dollars, where nobody can be sold to at this moment.
//!
//! A price that is not known for a moment is no loss and no gain, and a price that is gone for good is
//! not what was paid once. So what counts is, in this order: what a decided market pays; the best bid;
//! where a trusted book holds offers and no bid, what was bid last, but not more than it is offered at;
//! where nothing is known, the same as it was last; and what it cost, where nothing ever was known.
//!
//! A restart forgets what was bid last. The equity that was written down stays.

use std::collections::BTreeMap;

use domain::{Price, Rounding, Shares, Side, TokenId, Touch, Usd};

use crate::desk::Desk;
use crate::desk::plan::Quotes;

/// What was last known of one token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Mark {
    /// The last bid.
    bid: Option<Price>,
    /// The best offer, since nobody bids any more.
    ceiling: Option<Price>,
}

impl Mark {
    fn after(self, touch: Touch) -> Self {
        match (touch.bid, touch.ask) {
            (Some(bid), _) => Self { bid: Some(bid), ceiling: None },
            (None, Some(ask)) => Self { ceiling: Some(ask), ..self },
            (None, None) => self,
        }
    }
    fn worth(self, shares: Shares, cost: Usd) -> Usd {
        let value = self.bid.map_or(cost, |bid| shares.at(bid, Rounding::Down));
        let most = self.ceiling.map(|ask| shares.at(ask, Rounding::Down));
        most.map_or(value, |most| value.min(most))
    }
}

/// What was last known of each token that is held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks(BTreeMap<TokenId, Mark>);

impl Marks {
    /// Remembers what is known now; what is not held any more is forgotten.
    pub(super) fn look(&mut self, desk: &Desk, quotes: &dyn Quotes) {
        let held = desk.ledger.positions().into_keys().map(|token| {
            let before = self.0.get(&token).copied().unwrap_or_default();
            (token, before.after(quotes.touch(token)))
        });
        self.0 = held.collect();
    }

    /// Dollars, and everything held. What a transaction on its way will take still counts, what it
    /// will bring does not yet.
    pub(super) fn equity(&self, desk: &Desk, quotes: &dyn Quotes) -> Usd {
        let ledger = &desk.ledger;
        let on_its_way: Usd = ledger
            .open_trades()
            .map(|trade| match trade.side {
                Side::Buy => -(trade.value + trade.fee),
                Side::Sell => trade.value - trade.fee,
            })
            .sum();
        let held = ledger.positions().into_iter().map(|(token, position)| {
            let provisional: Shares = ledger
                .open_trades()
                .filter(|trade| trade.token == token)
                .map(|trade| match trade.side {
                    Side::Buy => trade.size,
                    Side::Sell => -trade.size,
                })
                .sum();
            let shares = position.settled + provisional;
            if let Some(payout) = payout(desk, token) {
                return shares.at(payout, Rounding::Down);
            }
            let before = self.0.get(&token).copied().unwrap_or_default();
            before.after(quotes.touch(token)).worth(shares, position.cost)
        });
        ledger.cash().settled + on_its_way + held.sum::<Usd>()
    }
}

/// What one share pays in a market that is decided.
fn payout(desk: &Desk, token: TokenId) -> Option<Price> {
    let decided = desk.resolutions.get(&desk.home(token)?.condition)?;
    let payouts = decided.tokens.into_iter().zip(decided.payouts);
    payouts.into_iter().find_map(|(of, payout)| (of == token).then_some(payout))
}
