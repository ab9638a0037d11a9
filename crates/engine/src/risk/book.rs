//! The state of the risk manager.

use std::collections::BTreeMap;

use domain::{ConditionId, UnixMillis, Usd};
use serde::{Deserialize, Serialize};

use super::day::Equity;
use super::gate::{Gate, Review};
use super::halt::{Halt, HaltCause};
use super::limits::{LimitChange, Limits, LimitsError};
use super::locks::{Lock, LockError, LockId, Locks};
use super::pace::Pace;
use super::recent::Recent;
use super::reservation::{Reservation, ReservationError, ReservationId};
use super::review;
use super::standing::Standing;
use crate::approval::Approved;
use crate::signal::Signal;

/// What became of a signal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Every gate with its value and limit.
    pub review: Review,
    /// The signal, where no gate refused; its worst case is reserved then.
    pub approved: Option<Approved<Signal>>,
}

/// Limits, reservations, locks, pace, errors, day and halt. A plain value that survives text; every
/// change is a method, and the same changes in the same order give the same value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskBook {
    pub(super) limits: Limits,
    pub(super) reservations: BTreeMap<ReservationId, Reservation>,
    pub(super) pace: Pace,
    pub(super) recent: Recent,
    pub(super) errors: u32,
    pub(super) equity: Equity,
    pub(super) locks: Locks,
    pub(super) halt: Option<Halt>,
}

impl RiskBook {
    /// Nothing reserved, nothing locked, not halted.
    ///
    /// # Errors
    /// The limits cannot be used.
    pub fn new(limits: Limits) -> Result<Self, LimitsError> {
        limits.validate()?;
        Ok(Self { limits, ..Self::default() })
    }

    /// Asks every gate; changes nothing.
    #[must_use]
    pub fn review(&self, signal: &Signal, standing: &Standing<'_>) -> Review {
        review::review(self, signal, standing)
    }
    /// Asks every gate and, where none refuses, reserves the worst case in the same step. A refusal
    /// changes nothing.
    pub fn decide(
        &mut self,
        id: ReservationId,
        signal: Signal,
        standing: &Standing<'_>,
    ) -> Decision {
        let mut review = self.review(&signal, standing);
        if review.refusal().is_some() {
            return Decision { review, approved: None };
        }
        match self.reserve(id, &signal, standing.now) {
            Ok(()) => Decision { review, approved: Some(Approved::new(signal)) },
            Err(error) => {
                let wanted = "a number of its own";
                review.gates.push(Gate::refused(super::Rule::Duplicate, error.to_string(), wanted));
                Decision { review, approved: None }
            }
        }
    }

    /// Keeps room for the worst case of a signal that passed; it counts as one trade and its name is
    /// remembered. For a state that is rebuilt from what was decided before; whoever decides anew
    /// calls [`RiskBook::decide`].
    ///
    /// # Errors
    /// [`ReservationError::Taken`].
    pub fn reserve(
        &mut self,
        id: ReservationId,
        signal: &Signal,
        now: UnixMillis,
    ) -> Result<(), ReservationError> {
        if self.reservations.contains_key(&id) {
            return Err(ReservationError::Taken);
        }
        self.reservations.insert(id, Reservation::new(signal, now));
        self.recent.add(signal.id.clone());
        self.pace.note(now);
        Ok(())
    }
    /// States how many dollars a plan has put into a market so far: all purchases and splits that are
    /// not known to have failed, fees included, and what a conversion moved there; what came back by
    /// sales or merges does not count against it. So much of the reservation is now a cost in the
    /// ledger. Stating it twice changes nothing; a smaller figure, after a failed settlement, gives
    /// the room back to the plan.
    ///
    /// Returns by how much more was spent than was reserved: nothing, or a reason to halt.
    ///
    /// # Errors
    /// No such reservation or market, or a negative amount; nothing has changed then.
    pub fn convert(
        &mut self,
        id: ReservationId,
        condition: &ConditionId,
        spent: Usd,
    ) -> Result<Usd, ReservationError> {
        let reservation = self.reservations.get_mut(&id).ok_or(ReservationError::Unknown)?;
        reservation.convert(condition, spent)
    }
    /// Gives back what is left of a reservation, because its plan is over.
    ///
    /// # Errors
    /// [`ReservationError::Unknown`].
    pub fn release(&mut self, id: ReservationId) -> Result<Reservation, ReservationError> {
        self.reservations.remove(&id).ok_or(ReservationError::Unknown)
    }
    /// What is reserved, by number.
    #[must_use]
    pub const fn reservations(&self) -> &BTreeMap<ReservationId, Reservation> {
        &self.reservations
    }

    /// Trades begun within the last minute.
    #[must_use]
    pub fn trades_lately(&self, now: UnixMillis) -> u64 {
        self.pace.count(now)
    }

    /// Something failed that should not have: a refusal by the venue that we did not foresee, a
    /// transaction that did not happen. A venue that does not answer, or takes no orders for a
    /// while, is no error in this sense: see [`VenueHold`](super::VenueHold).
    pub fn note_error(&mut self) {
        self.errors = self.errors.saturating_add(1);
    }
    /// Something went as planned: errors are no longer in a row.
    pub fn note_success(&mut self) {
        self.errors = 0;
    }
    /// Errors in a row.
    #[must_use]
    pub const fn errors(&self) -> u32 {
        self.errors
    }

    /// States the equity: the first of a day (UTC) is what the day's loss is counted from, the
    /// highest ever is what the drawdown is counted from.
    pub fn note_equity(&mut self, now: UnixMillis, equity: Usd) {
        self.equity.note(now, equity);
    }
    /// Dollars came from outside (positive) or went there (negative): neither profit nor loss.
    pub fn note_transfer(&mut self, amount: Usd) {
        self.equity.note_transfer(amount);
    }
    /// Counts the drawdown from here on, by an operator's wish.
    pub fn reset_peak(&mut self, equity: Usd) {
        self.equity.reset_peak(equity);
    }
    /// The highest equity; `None` before the first.
    #[must_use]
    pub const fn equity_peak(&self) -> Option<Usd> {
        self.equity.peak()
    }
    /// What was lost today: the larger of what the ledger realised and how far the equity fell.
    /// Never negative; `None` where it does not fit.
    #[must_use]
    pub fn day_loss(&self, standing: &Standing<'_>) -> Option<Usd> {
        review::day_loss(self, standing)
    }
    /// Whether trading must stop by itself, with the gate that says so.
    #[must_use]
    pub fn must_halt(&self, standing: &Standing<'_>) -> Option<(HaltCause, Gate)> {
        review::must_halt(self, standing)
    }

    /// Forbids new signals within a scope.
    ///
    /// # Errors
    /// Too many locks are set.
    pub fn lock(&mut self, lock: Lock) -> Result<LockId, LockError> {
        self.locks.add(lock)
    }
    /// Takes a lock away; `None` where there is none of that name.
    pub fn unlock(&mut self, id: LockId) -> Option<Lock> {
        self.locks.remove(id)
    }
    /// Takes away the locks whose time is over. They no longer count anyway.
    pub fn expire_locks(&mut self, now: UnixMillis) -> Vec<(LockId, Lock)> {
        self.locks.expire(now)
    }
    /// The locks, by name.
    pub fn locks(&self) -> impl Iterator<Item = (LockId, &Lock)> {
        self.locks.all()
    }

    /// Stops trading. The first halt stays; returns whether this was it.
    pub fn halt(&mut self, halt: Halt) -> bool {
        let first = self.halt.is_none();
        self.halt.get_or_insert(halt);
        first
    }
    /// Goes on trading, with no errors counted; returns what had stopped it.
    pub fn resume(&mut self) -> Option<Halt> {
        self.errors = 0;
        self.halt.take()
    }
    /// Why trading is halted; `None` where it is not.
    #[must_use]
    pub const fn halted(&self) -> Option<&Halt> {
        self.halt.as_ref()
    }

    /// The limits.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }
    /// Changes the limits from the next signal on; what is reserved or held already stays.
    ///
    /// # Errors
    /// The limits cannot be used; nothing has changed then.
    pub fn set_limits(&mut self, limits: Limits) -> Result<Vec<LimitChange>, LimitsError> {
        limits.validate()?;
        let changes = self.limits.changes(&limits);
        self.limits = limits;
        Ok(changes)
    }
}
