//! The sums of a neg-risk group, kept up to date by what changed.

use domain::Price;

use super::seen::Seen;
use super::tracked::Trust;
use crate::funnel::Reason;

/// One dollar in ten-thousandths.
const ONE: u32 = Price::ONE.ten_thousandths() as u32;

/// What the YES books of a group add up to. Only trusted books count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct GroupSum {
    waiting: u32,
    suspect: u32,
    stale: u32,
    trusted: u32,
    asks: u32,
    asks_total: u32,
    bids_total: u32,
}

impl GroupSum {
    /// Counts one member's book in.
    pub(super) fn add(&mut self, seen: Seen) {
        *self.count(seen.trust) += 1;
        if seen.trust == Trust::Trusted {
            self.asks += u32::from(seen.ask.is_some());
            self.asks_total += ten_thousandths(seen.ask);
            self.bids_total += ten_thousandths(seen.bid);
        }
    }
    /// Counts out what [`GroupSum::add`] counted in.
    pub(super) fn remove(&mut self, seen: Seen) {
        *self.count(seen.trust) -= 1;
        if seen.trust == Trust::Trusted {
            self.asks -= u32::from(seen.ask.is_some());
            self.asks_total -= ten_thousandths(seen.ask);
            self.bids_total -= ten_thousandths(seen.bid);
        }
    }
    const fn count(&mut self, trust: Trust) -> &mut u32 {
        match trust {
            Trust::Waiting => &mut self.waiting,
            Trust::Suspect(_) => &mut self.suspect,
            Trust::Stale(_) => &mut self.stale,
            Trust::Trusted => &mut self.trusted,
        }
    }
    /// Why a book of the group is not to be believed, if one is not.
    pub(super) const fn trust(&self) -> Result<(), Reason> {
        match self {
            Self { waiting: 1.., .. } => Err(Reason::Waiting),
            Self { stale: 1.., .. } => Err(Reason::Stale),
            Self { suspect: 1.., .. } => Err(Reason::Suspect),
            _ => Ok(()),
        }
    }
    /// Whether the sums contradict the one dollar that exactly one YES pays, before fees.
    ///
    /// Buying every YES needs an ask of each. Selling does not need a bid of each: a YES that
    /// nobody buys is kept.
    pub(super) const fn edge(&self) -> Result<(), Reason> {
        let complete = self.asks == self.trusted;
        if (complete && self.asks_total < ONE) || self.bids_total > ONE {
            Ok(())
        } else if complete {
            Err(Reason::NoEdge)
        } else {
            Err(Reason::OneSided)
        }
    }
}

fn ten_thousandths(price: Option<Price>) -> u32 {
    price.map_or(0, |price| u32::from(price.ten_thousandths()))
}
