//! Whether this process may act on the money: because nobody else can, or as the holder of a lease.
//!
//! The fence in the database keeps whoever lost the lease from writing. What leaves for the venue or
//! the chain is fenced by nobody there, so each time it is asked here first whether the lease is
//! surely still ours: by this process's own clock, counted from the moment before the lease was last
//! renewed, and a part earlier than the others may take it.

mod keeper;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use store::Lease;
use thiserror::Error;

pub use keeper::LeaseKeeper;

/// The lease has ended, or may have: nothing more is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the lease to decide is not surely held any more")]
pub struct Deposed;

/// By what right this process acts. Clones share it.
#[derive(Clone, Debug, Default)]
pub enum Tenure {
    /// The lock of the journal lets nobody else in.
    #[default]
    Alone,
    /// A lease.
    Leased(Arc<HeldLease>),
}

impl Tenure {
    /// By a lease that was asked for at `asked_at`, for `term`.
    #[must_use]
    pub fn leased(lease: Lease, term: Duration, asked_at: Instant) -> Self {
        let held = HeldLease {
            lease,
            term,
            taken_at: asked_at,
            sure_ms: AtomicU64::new(0),
            lost: AtomicBool::new(false),
        };
        held.renewed(asked_at);
        Self::Leased(Arc::new(held))
    }
    /// Whether anything may be sent now.
    ///
    /// # Errors
    /// The lease has ended, or may have.
    pub fn check(&self) -> Result<(), Deposed> {
        match self {
            Self::Alone => Ok(()),
            Self::Leased(held) => held.check(Instant::now()),
        }
    }
    /// The lease, where there is one.
    #[must_use]
    pub fn lease(&self) -> Option<&Lease> {
        match self {
            Self::Alone => None,
            Self::Leased(held) => Some(&held.lease),
        }
    }
    /// Whether another process has taken the lease.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        match self {
            Self::Alone => false,
            Self::Leased(held) => held.is_lost(),
        }
    }
}

/// A lease with what is known of its end.
#[derive(Debug)]
pub struct HeldLease {
    lease: Lease,
    term: Duration,
    taken_at: Instant,
    /// Until when it surely is ours, milliseconds after it was taken.
    sure_ms: AtomicU64,
    lost: AtomicBool,
}

impl HeldLease {
    /// It was renewed by a request that left at `asked_at`.
    fn renewed(&self, asked_at: Instant) {
        // What is under way when it is asked for the last time takes a moment to arrive.
        let sure = asked_at.duration_since(self.taken_at) + self.term - self.term / 4;
        let sure = u64::try_from(sure.as_millis()).unwrap_or(u64::MAX);
        self.sure_ms.fetch_max(sure, Ordering::SeqCst);
    }
    fn is_lost(&self) -> bool {
        self.lost.load(Ordering::SeqCst)
    }
    fn lose(&self) {
        self.lost.store(true, Ordering::SeqCst);
    }
    fn check(&self, now: Instant) -> Result<(), Deposed> {
        let held_ms = now.saturating_duration_since(self.taken_at).as_millis();
        let is_sure = held_ms < u128::from(self.sure_ms.load(Ordering::SeqCst));
        if is_sure && !self.is_lost() { Ok(()) } else { Err(Deposed) }
    }
}

#[cfg(test)]
mod tests {
    use store::LeaseName;
    use store::testing::TestDatabase;

    use super::*;

    const TERM: Duration = Duration::from_secs(8);

    #[actix_rt::test]
    async fn nothing_is_sent_once_the_lease_may_have_ended_or_another_has_it() {
        let Some(database) = TestDatabase::open(store::Backend::Sqlite).await else { return };
        let leases = database.store.leases();
        let Ok(store::Taken::Ours(lease)) = leases.take(LeaseName::Decide, "a", TERM).await else {
            panic!("nobody else is there")
        };
        let start = Instant::now();
        let Tenure::Leased(held) = Tenure::leased(lease, TERM, start) else { panic!("leased") };
        let at = |seconds: u64| held.check(start + Duration::from_secs(seconds));
        assert_eq!((at(0), at(5), at(6)), (Ok(()), Ok(()), Err(Deposed)));
        held.renewed(start + Duration::from_secs(4));
        assert_eq!((at(9), at(10)), (Ok(()), Err(Deposed)));
        held.renewed(start + Duration::from_secs(2));
        assert_eq!(at(9), Ok(()), "an answer that comes late takes nothing back");
        held.lose();
        assert_eq!(at(0), Err(Deposed));
    }
}
