//! The venue's rate limits, kept by ourselves so that it need not keep them for us.
//!
//! The documented limits are counts in a sliding window of ten seconds. A bucket that holds a
//! fifth of the count and refills four fifths of it in ten seconds can never exceed the count in
//! any such window.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

const WINDOW: Duration = Duration::from_secs(10);

/// Requests that share a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Group {
    /// Gamma `/markets…`.
    GammaMarkets,
    /// Gamma `/events…`.
    GammaEvents,
    /// Gamma `/tags…`.
    GammaTags,
    /// CLOB `/book`.
    ClobBook,
    /// CLOB `/books`.
    ClobBooks,
    /// CLOB `/prices-history`.
    ClobHistory,
    /// Every other public CLOB read.
    ClobOther,
    /// CLOB `/data/orders` and `/data/order/…`.
    ClobOrders,
    /// CLOB `/data/trades`.
    ClobTrades,
    /// CLOB `/balance-allowance`.
    ClobBalance,
    /// CLOB `/balance-allowance/update`.
    ClobBalanceUpdate,
    /// CLOB `/auth/…`.
    ClobAuth,
    /// `POST /order`.
    PostOrder,
    /// `POST /orders`.
    PostOrders,
    /// `DELETE /order`.
    DeleteOrder,
    /// `DELETE /orders`.
    DeleteOrders,
    /// `DELETE /cancel-all`.
    CancelAll,
    /// `DELETE /cancel-market-orders`.
    CancelMarket,
    /// Data API `/v2/trades`.
    DataTrades,
    /// Every other Data API read.
    DataOther,
    /// The web host's geoblock check, which states no limit.
    Web,
}

impl Group {
    /// Every group, in the order of its limiter.
    pub const ALL: [Self; 21] = [
        Self::GammaMarkets,
        Self::GammaEvents,
        Self::GammaTags,
        Self::ClobBook,
        Self::ClobBooks,
        Self::ClobHistory,
        Self::ClobOther,
        Self::ClobOrders,
        Self::ClobTrades,
        Self::ClobBalance,
        Self::ClobBalanceUpdate,
        Self::ClobAuth,
        Self::PostOrder,
        Self::PostOrders,
        Self::DeleteOrder,
        Self::DeleteOrders,
        Self::CancelAll,
        Self::CancelMarket,
        Self::DataTrades,
        Self::DataOther,
        Self::Web,
    ];

    /// Documented requests in ten seconds. Requests that are also counted over ten minutes have
    /// the stricter of both here, so that neither can be exceeded.
    #[must_use]
    pub const fn per_window(self) -> u32 {
        match self {
            Self::GammaMarkets => 300,
            Self::GammaEvents => 500,
            Self::GammaTags => 200,
            Self::ClobBook => 1_500,
            Self::ClobBooks => 500,
            Self::ClobHistory => 1_000,
            Self::ClobOther => 2_000,
            // 500 each, 900 together.
            Self::ClobOrders | Self::ClobTrades => 450,
            Self::ClobBalance => 200,
            Self::ClobBalanceUpdate => 50,
            Self::ClobAuth => 100,
            // 120,000 in ten minutes.
            Self::PostOrder | Self::DeleteOrder => 2_000,
            // 21,000 in ten minutes.
            Self::PostOrders | Self::CancelMarket => 350,
            // 15,000 in ten minutes.
            Self::DeleteOrders => 250,
            // 6,000 in ten minutes.
            Self::CancelAll => 100,
            Self::DataTrades => 300,
            Self::DataOther => 400,
            Self::Web => 10,
        }
    }
}

type Limiter<C> = RateLimiter<NotKeyed, InMemoryState, C, NoOpMiddleware<<C as Clock>::Instant>>;

/// One limiter a group. Share it between all clients of a process: the venue counts by address.
#[derive(Debug)]
pub struct Limits<C: Clock = DefaultClock> {
    clock: C,
    limiters: [Limiter<C>; Group::ALL.len()],
}

impl Limits {
    /// The venue's documented limits.
    #[must_use]
    pub fn documented() -> Self {
        Self::with_clock(DefaultClock::default())
    }
}

impl<C: Clock + Clone> Limits<C> {
    /// The documented limits on another clock.
    pub fn with_clock(clock: C) -> Self {
        let limiters = Group::ALL
            .map(|group| RateLimiter::direct_with_clock(quota(group.per_window()), clock.clone()));
        Self { clock, limiters }
    }
}

impl<C: Clock> Limits<C> {
    /// Takes one request out of `group`'s bucket.
    ///
    /// # Errors
    /// The time until there will be one, where the bucket is empty.
    pub fn take(&self, group: Group) -> Result<(), Duration> {
        let Some(limiter) = self.limiters.get(group as usize) else { return Ok(()) };
        limiter.check().map_err(|not_until| not_until.wait_time_from(self.clock.now()))
    }
}

fn quota(per_window: u32) -> Quota {
    let whole = NonZeroU32::new(per_window).unwrap_or(NonZeroU32::MIN);
    let burst = NonZeroU32::new(per_window / 5).unwrap_or(NonZeroU32::MIN);
    // Refilling four fifths of the count in a window: one every window / (count * 4/5).
    let period = WINDOW * 5 / (whole.get() * 4);
    Quota::with_period(period).unwrap_or(Quota::per_second(whole)).allow_burst(burst)
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;

    #[test]
    fn no_window_of_ten_seconds_holds_more_than_the_documented_count() {
        for group in Group::ALL {
            let clock = FakeRelativeClock::default();
            let limits = Limits::with_clock(clock.clone());
            let mut taken = vec![];
            for tick in 0..30_000u64 {
                while limits.take(group).is_ok() {
                    taken.push(tick);
                }
                clock.advance(Duration::from_millis(1));
            }
            let per_window = group.per_window() as usize;
            assert!(taken.len() > per_window * 2, "{group:?}: too strict, {}", taken.len());
            for (at, first) in taken.iter().enumerate() {
                let last = taken.get(at + per_window);
                assert!(last.is_none_or(|last| last - first >= 10_000), "{group:?}");
            }
        }
    }

    #[test]
    fn no_ten_minutes_hold_more_orders_than_the_documented_count() {
        let counted = [
            (Group::PostOrder, 120_000),
            (Group::DeleteOrder, 120_000),
            (Group::PostOrders, 21_000),
            (Group::DeleteOrders, 15_000),
            (Group::CancelAll, 6_000),
            (Group::CancelMarket, 21_000),
        ];
        for (group, count) in counted {
            let clock = FakeRelativeClock::default();
            let limits = Limits::with_clock(clock.clone());
            let mut taken = 0;
            for _ in 0..6_000 {
                while limits.take(group).is_ok() {
                    taken += 1;
                }
                clock.advance(Duration::from_millis(100));
            }
            assert!(taken <= count && taken > count / 2, "{group:?}: {taken}");
        }
    }

    #[test]
    fn an_empty_bucket_says_how_long_to_wait_and_is_right() {
        let clock = FakeRelativeClock::default();
        let limits = Limits::with_clock(clock.clone());
        while limits.take(Group::Web).is_ok() {}
        let wait = limits.take(Group::Web).unwrap_err();
        assert!(wait > Duration::ZERO && wait <= WINDOW, "{wait:?}");
        clock.advance(wait);
        assert!(limits.take(Group::Web).is_ok());
        assert!(limits.take(Group::ClobBook).is_ok(), "groups are separate");
    }

    #[test]
    fn every_group_has_its_own_limiter() {
        for (at, group) in Group::ALL.into_iter().enumerate() {
            assert_eq!(at, group as usize);
        }
    }
}
