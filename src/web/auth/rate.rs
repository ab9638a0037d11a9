//! How often somebody may ask: a bucket each, which fills again with time.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};

use domain::{DurationMillis, UnixMillis};

use super::access::Shown;

/// How fast a bucket fills and how much it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Requests a second for good, 1 or more.
    pub per_second: u32,
    /// Requests at once after a rest, 1 or more.
    pub burst: u32,
}

/// Whose bucket.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whose {
    /// Somebody whose word was checked, by the token or the session that was shown.
    Known(Shown),
    /// Somebody unknown at this address; a whole network of 64 bits in IPv6, where each machine
    /// has more addresses than anybody counts.
    Peer(IpAddr),
    /// Everybody unknown for whom there is no room.
    Everybody,
}

impl Whose {
    /// Somebody unknown at this address.
    #[must_use]
    pub fn peer(address: IpAddr) -> Self {
        Self::Peer(match address.to_canonical() {
            IpAddr::V6(address) => {
                let network = u128::from(address) & !u128::from(u64::MAX);
                IpAddr::V6(Ipv6Addr::from(network))
            }
            address @ IpAddr::V4(_) => address,
        })
    }
}

/// Buckets at one time. Full ones are let go when room is needed; where none is full, whoever is
/// new shares one bucket with everybody else who is new.
pub const BUCKETS_MAX: usize = 1_024;

/// In thousandths of a request: a millisecond at one request a second.
const WHOLE: u64 = 1_000;

#[derive(Clone, Copy, Debug)]
struct Bucket {
    thousandths: u64,
    filled_at: UnixMillis,
}

/// The buckets of all who ask.
#[derive(Debug)]
pub struct Buckets {
    rate: Rate,
    buckets: BTreeMap<Whose, Bucket>,
}

impl Buckets {
    /// Nobody asked yet.
    #[must_use]
    pub const fn new(rate: Rate) -> Self {
        Self { rate, buckets: BTreeMap::new() }
    }
    /// Takes one request out of a bucket.
    ///
    /// # Errors
    /// It is empty: how long until the next request, 1 ms or more.
    pub fn take(&mut self, whose: Whose, now: UnixMillis) -> Result<(), DurationMillis> {
        let whose = self.with_room(whose, now);
        let (rate, most) = (u64::from(self.rate.per_second.max(1)), self.most());
        let full = Bucket { thousandths: most, filled_at: now };
        let bucket = self.buckets.entry(whose).or_insert(full);
        *bucket = filled(*bucket, rate, most, now);
        match bucket.thousandths.checked_sub(WHOLE) {
            Some(rest) => {
                bucket.thousandths = rest;
                Ok(())
            }
            None => {
                let missing = (WHOLE - bucket.thousandths).div_ceil(rate);
                Err(DurationMillis(i64::try_from(missing).unwrap_or(i64::MAX).max(1)))
            }
        }
    }
    /// The bucket that `whose` shall be: an own one where there is or can be room.
    fn with_room(&mut self, whose: Whose, now: UnixMillis) -> Whose {
        if self.buckets.len() < BUCKETS_MAX || self.buckets.contains_key(&whose) {
            return whose;
        }
        let (rate, most) = (u64::from(self.rate.per_second.max(1)), self.most());
        self.buckets.retain(|_, bucket| filled(*bucket, rate, most, now).thousandths < most);
        let is_known = matches!(whose, Whose::Known(_));
        // There are never more tokens and sessions than there is room beside.
        if self.buckets.len() < BUCKETS_MAX || is_known { whose } else { Whose::Everybody }
    }
    fn most(&self) -> u64 {
        u64::from(self.rate.burst.max(1)) * WHOLE
    }
}

/// A clock that was put back fills nothing and takes nothing.
fn filled(bucket: Bucket, rate: u64, most: u64, now: UnixMillis) -> Bucket {
    let millis = u64::try_from(now.since(bucket.filled_at).0).unwrap_or_default();
    let more = millis.saturating_mul(rate);
    Bucket { thousandths: bucket.thousandths.saturating_add(more).min(most), filled_at: now }
}

#[cfg(test)]
mod tests {
    use super::super::secret::Digest;
    use super::*;

    const NOW: UnixMillis = UnixMillis(1_790_000_000_000);

    fn later(millis: i64) -> UnixMillis {
        NOW.plus(DurationMillis(millis))
    }
    fn buckets() -> Buckets {
        Buckets::new(Rate { per_second: 2, burst: 3 })
    }
    fn bot() -> Whose {
        Whose::Known(Shown::Token(Digest::of("bot")))
    }
    fn peer(number: u32) -> Whose {
        Whose::peer(IpAddr::V4(number.into()))
    }

    #[test]
    fn so_many_at_once_and_then_at_the_rate() {
        let mut buckets = buckets();
        for _ in 0..3 {
            assert_eq!(buckets.take(peer(1), NOW), Ok(()));
        }
        assert_eq!(buckets.take(peer(1), NOW), Err(DurationMillis(500)));
        assert_eq!(buckets.take(peer(1), later(499)), Err(DurationMillis(1)));
        assert_eq!(buckets.take(peer(1), later(500)), Ok(()));
        assert!(buckets.take(peer(1), later(500)).is_err());
    }

    #[test]
    fn a_rest_fills_a_bucket_and_no_more_than_that() {
        let mut buckets = buckets();
        let year = 365 * 24 * 3_600 * 1_000;
        for at in [NOW, later(year)] {
            for _ in 0..3 {
                assert_eq!(buckets.take(peer(1), at), Ok(()));
            }
            assert!(buckets.take(peer(1), at).is_err());
        }
    }

    #[test]
    fn nobody_is_held_up_by_another() {
        let mut buckets = buckets();
        while buckets.take(peer(1), NOW).is_ok() {}
        assert_eq!(buckets.take(peer(2), NOW), Ok(()));
        assert_eq!(buckets.take(bot(), NOW), Ok(()));
    }

    #[test]
    fn a_clock_that_is_put_back_locks_nobody_out() {
        let mut buckets = buckets();
        while buckets.take(peer(1), NOW).is_ok() {}
        assert!(buckets.take(peer(1), later(-1_000_000)).is_err());
        assert_eq!(buckets.take(peer(1), later(-1_000_000 + 500)), Ok(()));
    }

    #[test]
    fn a_flood_of_addresses_takes_no_more_memory_and_locks_out_nobody_who_is_known() {
        let mut buckets = buckets();
        for number in 0..100_000 {
            let _ = buckets.take(peer(number), NOW);
        }
        assert!(buckets.buckets.len() <= BUCKETS_MAX + 1, "{}", buckets.buckets.len());
        assert!(buckets.take(peer(999_999), NOW).is_err(), "newcomers share an empty bucket");
        assert_eq!(buckets.take(bot(), NOW), Ok(()));
        assert_eq!(buckets.take(peer(999_999), later(2_000)), Ok(()), "full ones make room");
    }

    #[test]
    fn one_network_of_ipv6_has_one_bucket_and_an_address_written_two_ways_too() {
        let peer = |text: &str| Whose::peer(text.parse().unwrap());
        assert_eq!(peer("2001:db8::1"), peer("2001:db8::ffff:1:2:3"));
        assert_ne!(peer("2001:db8::1"), peer("2001:db8:0:1::1"));
        assert_eq!(peer("::ffff:10.0.0.1"), peer("10.0.0.1"));
    }
}
