//! Dollars a day for models: reserved before a call, settled after it, and closed where in doubt.
//!
//! The budget is what its events add up to. Whoever holds it writes an event down before acting on
//! it, and adds them up again at the next start. A reservation of which no end is known counts in
//! full for its whole day: the call may have been made.

use std::collections::BTreeMap;

use domain::{UnixMillis, Usd};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Calls under way at once.
const OPEN_MAX: usize = 1_000;
const DAY_MS: i64 = 86_400_000;

/// One call, named by whoever makes it; never used twice.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallId(pub String);

/// What happened to the budget.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BudgetEvent {
    /// A call may be made, and may cost this much.
    Reserved {
        /// Which.
        call: CallId,
        /// The most that it can cost.
        amount: Usd,
        /// When; it counts for that day.
        at: UnixMillis,
    },
    /// The call was made and cost this much.
    Settled {
        /// Which.
        call: CallId,
        /// What it cost.
        cost: Usd,
        /// When.
        at: UnixMillis,
    },
    /// The call was never made.
    Released {
        /// Which.
        call: CallId,
        /// When.
        at: UnixMillis,
    },
}

/// Why a call may not be made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BudgetRefusal {
    /// It might cost more than is left of the day.
    #[error("the call may cost {wanted} USD, and {left} USD are left of the day's {limit}")]
    Exhausted {
        /// The most that it can cost.
        wanted: Usd,
        /// What is left.
        left: Usd,
        /// What there is a day.
        limit: Usd,
    },
    /// A call cannot bring money.
    #[error("a call cannot cost less than nothing")]
    Negative,
    /// A call of that name is under way.
    #[error("a call of that name is under way")]
    Duplicate,
    /// Nobody waits for so many answers.
    #[error("{OPEN_MAX} calls are under way")]
    TooManyOpen,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Reservation {
    day: i64,
    amount: Usd,
}

/// What may still be spent today. Days are those of UTC; a clock that goes back begins no new day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    limit: Usd,
    day: i64,
    spent: Usd,
    open: BTreeMap<CallId, Reservation>,
}

impl Budget {
    /// So many dollars a day, none of them used.
    #[must_use]
    pub const fn new(limit: Usd) -> Self {
        Self { limit, day: i64::MIN, spent: Usd::ZERO, open: BTreeMap::new() }
    }
    /// What its events add up to.
    #[must_use]
    pub fn fold<'a>(limit: Usd, events: impl IntoIterator<Item = &'a BudgetEvent>) -> Self {
        let mut budget = Self::new(limit);
        events.into_iter().for_each(|event| budget.apply(event));
        budget
    }
    /// Reserves the most that a call can cost. The event is to be written down before the call is
    /// made; where that fails the call must not be made.
    ///
    /// # Errors
    /// See [`BudgetRefusal`]; nothing has changed then but the day.
    pub fn reserve(
        &mut self,
        call: CallId,
        amount: Usd,
        at: UnixMillis,
    ) -> Result<BudgetEvent, BudgetRefusal> {
        self.turn_to(at);
        let left = self.left();
        if amount < Usd::ZERO {
            return Err(BudgetRefusal::Negative);
        }
        if amount > left {
            return Err(BudgetRefusal::Exhausted { wanted: amount, left, limit: self.limit });
        }
        if self.open.contains_key(&call) {
            return Err(BudgetRefusal::Duplicate);
        }
        if self.open.len() >= OPEN_MAX {
            return Err(BudgetRefusal::TooManyOpen);
        }
        let event = BudgetEvent::Reserved { call, amount, at };
        self.apply(&event);
        Ok(event)
    }
    /// Takes in what happened.
    pub fn apply(&mut self, event: &BudgetEvent) {
        match event {
            BudgetEvent::Reserved { call, amount, at } => {
                self.turn_to(*at);
                let reservation = Reservation { day: self.day, amount: *amount };
                self.open.insert(call.clone(), reservation);
            }
            BudgetEvent::Settled { call, cost, at } => {
                self.turn_to(*at);
                self.spent += self.counted_today(call, *cost);
                self.open.remove(call);
            }
            BudgetEvent::Released { call, at } => {
                self.turn_to(*at);
                self.open.remove(call);
            }
        }
    }
    /// What is reserved and spent today.
    #[must_use]
    pub fn used(&self) -> Usd {
        let today = self.open.values().filter(|one| one.day == self.day);
        self.spent + today.map(|one| one.amount).sum()
    }
    /// What is left of the day of the last event; never less than nothing.
    #[must_use]
    pub fn left(&self) -> Usd {
        (self.limit - self.used()).max(Usd::ZERO)
    }
    /// What is left at that time.
    #[must_use]
    pub fn left_at(&mut self, at: UnixMillis) -> Usd {
        self.turn_to(at);
        self.left()
    }
    /// What there is a day.
    #[must_use]
    pub const fn limit(&self) -> Usd {
        self.limit
    }
    /// What there is a day from now on.
    pub const fn set_limit(&mut self, limit: Usd) {
        self.limit = limit;
    }

    /// A call counts for the day of its reservation. What it cost beyond that counts now, and so does
    /// all of a call that nobody reserved.
    fn counted_today(&self, call: &CallId, cost: Usd) -> Usd {
        let cost = cost.max(Usd::ZERO);
        match self.open.get(call) {
            Some(reservation) if reservation.day < self.day => {
                (cost - reservation.amount).max(Usd::ZERO)
            }
            _ => cost,
        }
    }
    /// Nothing of the days before the last one is remembered: no call takes that long.
    fn turn_to(&mut self, at: UnixMillis) {
        let day = at.0.div_euclid(DAY_MS);
        if day > self.day {
            self.day = day;
            self.spent = Usd::ZERO;
            self.open.retain(|_, reservation| reservation.day >= day.saturating_sub(1));
        }
    }
}
