//! What a person says about a difference between our books and the world, so that trading can go on.

use domain::{OrderId, Shares, Usd};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Desk;
use crate::ledger::{Asset, Deposit, Entry, LedgerError, Quantity};

/// Orders made elsewhere that are left alone at most. An account with more of them is no account for
/// a desk that must know what it owns.
pub const FOREIGN_MAX: usize = 1_000;

/// As what an amount is booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AcceptedAs {
    /// The owner put it in or took it out: no result. Shares that came cost nothing.
    Owner,
    /// It was earned or lost: a maker's rebate, a reward, a fee that nobody knew of.
    Result,
}

/// A difference that a person accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Acceptance {
    /// The wallet holds another amount than is booked. What is booked becomes that.
    Amount {
        /// Of what.
        asset: Asset,
        /// What was booked when the person looked, in millionths.
        here: i64,
        /// What the wallet holds, in millionths.
        there: i64,
        /// As what the difference is booked.
        booked_as: AcceptedAs,
    },
    /// An order was made elsewhere with this account. Its matches are none of ours: what they did
    /// to dollars and shares is accepted as amounts.
    Order {
        /// Which.
        order: OrderId,
    },
}

/// Why a difference is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AcceptError {
    /// While something is traded the books move.
    #[error("trading is not halted; halt it first, so that nothing moves meanwhile")]
    NotHalted,
    /// The books moved since the person looked.
    #[error("by now {booked} millionths are booked and no longer {seen}; look again")]
    Moved {
        /// Now.
        booked: i64,
        /// Then.
        seen: i64,
    },
    /// A trade or a transaction is about to change it.
    #[error("something of it is still on its way; wait until it has settled")]
    OnItsWay,
    /// There is nothing to accept.
    #[error("both sides agree on it")]
    Agrees,
    /// The order was made here.
    #[error("the order was made here; its matches belong to the books")]
    Ours,
    /// Too many.
    #[error("{FOREIGN_MAX} orders made elsewhere are left alone already; use another account")]
    TooMany,
}

impl Desk {
    /// Whether a difference may be accepted now.
    ///
    /// # Errors
    /// See [`AcceptError`].
    pub fn may_accept(&self, what: &Acceptance) -> Result<(), AcceptError> {
        if self.risk.halted().is_none() {
            return Err(AcceptError::NotHalted);
        }
        match *what {
            Acceptance::Amount { asset, here, there, .. } => {
                let (booked, moving) = self.booked(asset);
                match () {
                    () if moving => Err(AcceptError::OnItsWay),
                    () if booked != here => Err(AcceptError::Moved { booked, seen: here }),
                    () if here == there => Err(AcceptError::Agrees),
                    () => Ok(()),
                }
            }
            Acceptance::Order { order } if self.knows(&order) => Err(AcceptError::Ours),
            Acceptance::Order { order } if self.foreign.contains(&order) => {
                Err(AcceptError::Agrees)
            }
            Acceptance::Order { .. } if self.foreign.len() >= FOREIGN_MAX => {
                Err(AcceptError::TooMany)
            }
            Acceptance::Order { .. } => Ok(()),
        }
    }

    /// Orders that somebody made elsewhere with this account, and that a person accepted.
    #[must_use]
    pub const fn foreign(&self) -> &std::collections::BTreeSet<OrderId> {
        &self.foreign
    }

    /// Settled millionths of it, and whether anything of it is on its way.
    fn booked(&self, asset: Asset) -> (i64, bool) {
        match asset {
            Asset::Cash => {
                let cash = self.ledger.cash();
                let moving = cash.pending_in != Usd::ZERO || cash.pending_out != Usd::ZERO;
                (cash.settled.micros(), moving)
            }
            Asset::Shares(token) => {
                let held = self.ledger.position(token);
                let moving = held.pending_in != Shares::ZERO || held.pending_out != Shares::ZERO;
                (held.settled.micros(), moving)
            }
        }
    }

    pub(super) fn accept(
        &mut self,
        what: Acceptance,
        why: &str,
        at: domain::UnixMillis,
    ) -> Result<Vec<Entry>, LedgerError> {
        let (asset, change, booked_as) = match what {
            Acceptance::Order { order } => {
                self.foreign.insert(order);
                return Ok(Vec::new());
            }
            Acceptance::Amount { asset, here, there, booked_as } => {
                (asset, there.saturating_sub(here), booked_as)
            }
        };
        let amount = |micros: i64| match asset {
            Asset::Cash => Quantity::Cash(Usd::from_micros(micros)),
            Asset::Shares(token) => Quantity::Shares(token, Shares::from_micros(micros)),
        };
        let before = self.worth_of(asset);
        let entry = match (booked_as, amount(change)) {
            (AcceptedAs::Result, quantity) => self.ledger.adjust(quantity, why, at)?,
            (AcceptedAs::Owner, _) if change < 0 => {
                self.ledger.withdraw(amount(change.saturating_neg()), at)?
            }
            (AcceptedAs::Owner, Quantity::Cash(dollars)) => {
                self.ledger.deposit(Deposit::Cash(dollars), at)?
            }
            (AcceptedAs::Owner, Quantity::Shares(token, size)) => {
                self.ledger.deposit(Deposit::Shares { token, size, basis: Usd::ZERO }, at)?
            }
        };
        if booked_as == AcceptedAs::Owner {
            self.risk.note_transfer(self.worth_of(asset) - before);
        }
        Ok(vec![entry])
    }

    /// Dollars, or what the shares cost.
    fn worth_of(&self, asset: Asset) -> Usd {
        match asset {
            Asset::Cash => self.ledger.cash().settled,
            Asset::Shares(token) => self.ledger.position(token).cost,
        }
    }
}
