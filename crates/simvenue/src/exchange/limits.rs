//! Token buckets of every signer, as a standard account has them.

use std::collections::HashMap;

use domain::UnixMillis;

use super::accounts::OwnerId;
use super::refusal::Refusal;
use crate::chaos::RateLimits;

/// What a request takes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Budget {
    /// Placing: 40 a second, 60 at once.
    Orders,
    /// Cancelling: 80 a second, 120 at once; may be overdrawn.
    Cancels,
}

impl Budget {
    const fn rate(self) -> i64 {
        match self {
            Self::Orders => 40,
            Self::Cancels => 80,
        }
    }
    const fn burst(self) -> i64 {
        self.rate() * 3 / 2
    }
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// Thousandths of a token.
    level: i64,
    at_ms: i64,
}

/// All buckets.
#[derive(Debug)]
pub(crate) struct Buckets {
    limits: RateLimits,
    buckets: HashMap<(OwnerId, Budget), Bucket>,
}

impl Buckets {
    pub(crate) fn new(limits: RateLimits) -> Self {
        Self { limits, buckets: HashMap::new() }
    }
    /// Takes `count` tokens, all or none.
    ///
    /// # Errors
    /// There are too few.
    pub(crate) fn take(
        &mut self,
        owner: OwnerId,
        budget: Budget,
        count: usize,
        now: UnixMillis,
    ) -> Result<(), Refusal> {
        if self.limits == RateLimits::Off {
            return Ok(());
        }
        let full = budget.burst() * 1_000;
        let fresh = Bucket { level: full, at_ms: now.0 };
        let bucket = self.buckets.entry((owner, budget)).or_insert(fresh);
        let grown = now.0.saturating_sub(bucket.at_ms).max(0).saturating_mul(budget.rate());
        bucket.level = bucket.level.saturating_add(grown).min(full);
        bucket.at_ms = now.0;
        let cost = i64::try_from(count).unwrap_or(i64::MAX / 1_000).saturating_mul(1_000);
        let enough = match budget {
            Budget::Orders => bucket.level >= cost,
            Budget::Cancels => bucket.level > 0,
        };
        if !enough {
            let missing = cost.min(full) - bucket.level;
            return Err(Refusal::RateLimited {
                retry_after_s: missing / (budget.rate() * 1_000) + 1,
            });
        }
        bucket.level -= cost;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_gives_its_burst_and_then_its_rate() {
        let mut buckets = Buckets::new(RateLimits::Venue);
        let owner = OwnerId(0);
        let mut take = |count, at| buckets.take(owner, Budget::Orders, count, UnixMillis(at));
        assert_eq!(take(60, 0), Ok(()));
        assert_eq!(take(1, 10), Err(Refusal::RateLimited { retry_after_s: 1 }));
        assert_eq!(take(1, 25), Ok(()), "one token every 25 ms");
        assert!(take(61, 1_000_000).is_err(), "more than the burst never passes");
    }
}
