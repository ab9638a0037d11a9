//! Who holds which shard of the market feed.
//!
//! The choice is consistent: each shard goes to the member that it weighs highest with, so a member
//! that comes or goes moves its own shards and no others. The lease makes the choice safe: one holds
//! a shard at a time, and what another one says of it is refused.

use std::time::Duration;

use redis::cmd;
use sha2::{Digest, Sha256};

use crate::connection::Relay;
use crate::error::RelayError;
use crate::script::script;

/// A shard that is held, and by which right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldShard {
    shard: u16,
    epoch: u64,
    /// What lies at the lease's key.
    proof: String,
}

impl HeldShard {
    /// Which one.
    #[must_use]
    pub const fn shard(&self) -> u16 {
        self.shard
    }
    /// Larger than that of everybody who held any shard before.
    #[must_use]
    pub const fn epoch(&self) -> u64 {
        self.epoch
    }
    pub(crate) fn proof(&self) -> &str {
        &self.proof
    }
}

/// Which member a shard belongs to: of those that are there, the one it weighs highest with.
#[must_use]
pub fn preferred<'a>(shard: u16, members: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    members.into_iter().max_by_key(|name| (weight(shard, name), *name))
}

fn weight(shard: u16, member: &str) -> u64 {
    let mut hash = Sha256::new();
    hash.update(shard.to_be_bytes());
    hash.update(member);
    let digest: [u8; 32] = hash.finalize().into();
    let [a, b, c, d, e, f, g, h, ..] = digest;
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

const TAKE: &str = "if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
local epoch = redis.call('INCR', KEYS[2])
redis.call('SET', KEYS[1], ARGV[1] .. '#' .. epoch, 'PX', ARGV[2])
return epoch";
const RENEW: &str = "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])";
const GIVE_BACK: &str = "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])";

impl Relay {
    /// Takes a shard for `term`, if nobody holds it.
    ///
    /// # Errors
    /// Redis fails: perhaps it is held; it ends by itself.
    pub async fn take_shard(
        &self,
        shard: u16,
        member: &str,
        term: Duration,
    ) -> Result<Option<HeldShard>, RelayError> {
        let epoch: u64 = script(TAKE, &[&self.keys().shard(shard), &self.keys().epochs()])
            .arg(member)
            .arg(millis(term))
            .query_async(&mut self.connection())
            .await?;
        let held = HeldShard { shard, epoch, proof: format!("{member}#{epoch}") };
        Ok((epoch > 0).then_some(held))
    }

    /// Says that the holder of a shard lives; `false` where it is not held any more.
    ///
    /// # Errors
    /// Redis fails.
    pub async fn renew_shard(&self, held: &HeldShard, term: Duration) -> Result<bool, RelayError> {
        let renewed: i64 = script(RENEW, &[&self.keys().shard(held.shard)])
            .arg(&held.proof)
            .arg(millis(term))
            .query_async(&mut self.connection())
            .await?;
        Ok(renewed == 1)
    }

    /// Gives a shard back, so that nobody has to wait for its end.
    ///
    /// # Errors
    /// Redis fails; the lease ends by itself.
    pub async fn give_back_shard(&self, held: &HeldShard) -> Result<(), RelayError> {
        let _given: i64 = script(GIVE_BACK, &[&self.keys().shard(held.shard)])
            .arg(&held.proof)
            .query_async(&mut self.connection())
            .await?;
        Ok(())
    }

    /// Who holds each of the first `shards` shards.
    ///
    /// # Errors
    /// Redis fails.
    pub async fn shard_holders(&self, shards: u16) -> Result<Vec<Option<String>>, RelayError> {
        if shards == 0 {
            return Ok(Vec::new());
        }
        let mut asked = cmd("MGET");
        for shard in 0..shards {
            asked.arg(self.keys().shard(shard));
        }
        let proofs: Vec<Option<String>> = asked.query_async(&mut self.connection()).await?;
        let name = |proof: String| proof.rsplit_once('#').map(|(name, _)| name.to_owned());
        Ok(proofs.into_iter().map(|proof| proof.and_then(name)).collect())
    }
}

fn millis(term: Duration) -> u64 {
    u64::try_from(term.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_member_that_goes_moves_its_own_shards_and_no_others() {
        let all = ["a", "b", "c"];
        let before: Vec<_> = (0..200).map(|shard| preferred(shard, all)).collect();
        let mut counts = BTreeMap::<_, u32>::new();
        before.iter().for_each(|it| *counts.entry(*it).or_default() += 1);
        assert!(counts.values().all(|count| *count > 40), "{counts:?}");
        let after = (0..200).map(|shard| preferred(shard, ["a", "c"]));
        for (before, after) in before.iter().zip(after) {
            assert!(*before == Some("b") || *before == after);
        }
        assert_eq!(preferred(0, []), None);
    }
}
