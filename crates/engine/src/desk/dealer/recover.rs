//! From a journal to a desk, and the questions that a restart leaves open.

use domain::UnixMillis;
use thiserror::Error;

use super::Dealer;
use crate::desk::apply::ApplyError;
use crate::desk::effect::Effect;
use crate::desk::event::Recorded;
use crate::desk::{Desk, OrderNumber};
use crate::risk::{Limits, LimitsError};

/// Why a journal cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RecoverError {
    /// The limits to begin with cannot be used.
    #[error(transparent)]
    Limits(#[from] LimitsError),
    /// A record does not follow from those before it.
    #[error("record {number} does not fit: {why}")]
    Broken {
        /// Counted from 1.
        number: usize,
        /// Why.
        why: ApplyError,
    },
}

impl Desk {
    /// The desk that these events lead to.
    ///
    /// # Errors
    /// See [`RecoverError`].
    pub fn from_journal<'a>(
        begins_at: UnixMillis,
        limits: Limits,
        records: impl IntoIterator<Item = &'a Recorded>,
    ) -> Result<Self, RecoverError> {
        let mut desk = Self::new(begins_at, limits)?;
        desk.continue_from(records)?;
        Ok(desk)
    }
    /// Takes more events in.
    ///
    /// # Errors
    /// See [`RecoverError`].
    pub fn continue_from<'a>(
        &mut self,
        records: impl IntoIterator<Item = &'a Recorded>,
    ) -> Result<(), RecoverError> {
        for (at, recorded) in records.into_iter().enumerate() {
            self.apply(recorded).map_err(|why| RecoverError::Broken { number: at + 1, why })?;
        }
        Ok(())
    }
}

impl Dealer {
    /// What must be asked after a restart, before anything new is begun: every order that is not
    /// over, every transaction that is not final, and the matches of both.
    pub fn questions(&mut self, now: UnixMillis) -> Vec<Effect> {
        let open: Vec<OrderNumber> = self.desk.open_orders().map(|order| order.number).collect();
        let mut effects = Vec::new();
        for number in open {
            if let Some(order) = self.desk.orders.get_mut(&number) {
                // Whether it was sent before the end is not known: it counts as sent just now.
                order.posts = order.posts.max(1);
                order.posted_at = now;
                effects.push(Effect::LookUp(number, order.id));
                self.asked.orders.insert(number, now);
            }
        }
        let markets: std::collections::BTreeSet<_> =
            self.desk.orders.values().map(|order| order.order.market.condition).collect();
        for condition in markets {
            self.asked.trades.insert(condition, now);
            effects.push(Effect::ReadTrades(condition));
        }
        effects
    }
}
