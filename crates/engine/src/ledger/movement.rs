//! What a booked fact does to the cost of positions and to results.

use std::collections::BTreeMap;

use domain::{Shares, TokenId, Usd};
use serde::{Deserialize, Serialize};

use super::basis::{Lot, LotChange, share_out};

/// On whose account a movement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Source {
    /// Ours: a trade or what contracts did. Results may come of it.
    Deal,
    /// The owner's; shares that arrive cost this much.
    Owner { basis: Usd },
    /// An operator wrote it off; shares that arrive cost nothing.
    Adjustment,
}

/// A change of what we hold, before anything is said of its cost. Additions are positive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Movement {
    pub(super) source: Source,
    /// Dollars, before fees.
    pub(super) cash: Usd,
    /// Shares by token, each token once, none zero.
    pub(super) shares: Vec<(TokenId, Shares)>,
    /// The taker's fee, paid from the wallet.
    pub(super) fee: Usd,
    /// What the transaction cost, paid by the owner.
    pub(super) gas: Usd,
}

/// What the movement did, so that it can be taken back exactly.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Effect {
    pub(super) lots: Vec<(TokenId, LotChange)>,
    pub(super) realised: Usd,
    pub(super) fees: Usd,
    pub(super) gas: Usd,
    pub(super) adjusted: Usd,
    /// What the owner put in, at cost.
    pub(super) contributed: Usd,
}

type Lots = BTreeMap<TokenId, Lot>;
type Part = (TokenId, Shares);

impl Movement {
    /// What it does to these positions.
    ///
    /// One rule for all deals: what is given up (dollars, and the cost of the shares given) is
    /// first paid back by the dollars that arrive. What is left is the cost of the shares that
    /// arrive, shared out by their number; what the dollars exceed is earned. So the cost of a
    /// split goes half and half to YES and NO; a merge earns its dollars less both costs; a
    /// conversion's dollars first pay back the cost of the NOs, and the YESes cost what is left.
    pub(super) fn effect(&self, lots: &Lots) -> Effect {
        let arriving: Vec<Part> =
            self.shares.iter().copied().filter(|(_, size)| size.is_positive()).collect();
        let leaving: Vec<Part> = self
            .shares
            .iter()
            .filter(|(_, size)| !size.is_positive())
            .map(|(token, size)| (*token, -*size))
            .collect();
        let mut effect = match self.source {
            Source::Deal if arriving.is_empty() => self.sold(lots, &leaving),
            Source::Deal => self.exchanged(lots, &arriving, &leaving),
            Source::Owner { basis } => {
                let (changes, cost) = carried(lots, &arriving, &leaving, basis);
                let realised = changes.iter().map(|(_, change)| change.realised).sum();
                Effect {
                    lots: changes,
                    realised,
                    contributed: self.cash + cost,
                    ..Effect::default()
                }
            }
            Source::Adjustment => {
                let (changes, cost) = carried(lots, &arriving, &leaving, Usd::ZERO);
                let realised = changes.iter().map(|(_, change)| change.realised).sum();
                Effect { lots: changes, realised, adjusted: self.cash + cost, ..Effect::default() }
            }
        };
        effect.fees = self.fee;
        effect.gas = self.gas;
        if let Some((_, change)) = effect.lots.first_mut() {
            change.fees = self.fee;
        }
        effect
    }
    /// Shares for dollars, or dollars alone: the dollars are shared out by the number of shares.
    fn sold(&self, lots: &Lots, leaving: &[Part]) -> Effect {
        if leaving.is_empty() {
            return Effect { realised: self.cash, ..Effect::default() };
        }
        let dollars = share_out(self.cash, &sizes(leaving));
        let one = |((token, size), dollars): (&Part, Usd)| {
            (*token, lot(lots, *token).dispose(*size, dollars))
        };
        let changes: Vec<_> = leaving.iter().zip(dollars).map(one).collect();
        let realised = changes.iter().map(|(_, change)| change.realised).sum();
        Effect { lots: changes, realised, ..Effect::default() }
    }
    /// Dollars and shares for other shares.
    fn exchanged(&self, lots: &Lots, arriving: &[Part], leaving: &[Part]) -> Effect {
        let mut changes: Vec<_> = carry_off(lots, leaving).collect();
        let given = changes.iter().map(|(_, change)| -change.cost).sum::<Usd>() - self.cash;
        let cost = given.max(Usd::ZERO);
        let excess = cost - given;
        changes.extend(acquire(lots, arriving, cost));
        if let Some((_, first)) = changes.first_mut() {
            first.realised += excess;
        }
        let realised = changes.iter().map(|(_, change)| change.realised).sum();
        Effect { lots: changes, realised, ..Effect::default() }
    }
}

/// Shares come and go at cost; with the cost that came in.
fn carried(
    lots: &Lots,
    arriving: &[Part],
    leaving: &[Part],
    basis: Usd,
) -> (Vec<(TokenId, LotChange)>, Usd) {
    let mut changes: Vec<_> = carry_off(lots, leaving).collect();
    changes.extend(acquire(lots, arriving, basis));
    // A debt of shares that is paid back so earns what was received for it: that is no part of
    // what came in.
    let cost = changes.iter().map(|(_, change)| change.cost - change.realised).sum();
    (changes, cost)
}

fn carry_off(lots: &Lots, leaving: &[Part]) -> impl Iterator<Item = (TokenId, LotChange)> {
    leaving.iter().map(|(token, size)| (*token, lot(lots, *token).carry_off(*size)))
}

fn acquire(
    lots: &Lots,
    arriving: &[Part],
    cost: Usd,
) -> impl Iterator<Item = (TokenId, LotChange)> {
    let costs = share_out(cost, &sizes(arriving));
    arriving
        .iter()
        .zip(costs)
        .map(|((token, size), cost)| (*token, lot(lots, *token).acquire(*size, cost)))
}

fn sizes(parts: &[Part]) -> Vec<Shares> {
    parts.iter().map(|(_, size)| *size).collect()
}

fn lot(lots: &Lots, token: TokenId) -> Lot {
    lots.get(&token).copied().unwrap_or_default()
}
