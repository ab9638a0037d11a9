//! Answers of the last hour, so that nobody pays twice for the same call.

use std::collections::BTreeMap;

use domain::{UnixMillis, Usd};
use engine::forecast::CacheKey;
use forecasters::Usage;

use super::messages::Told;

/// Questions and members that are remembered; at the limit the oldest are forgotten.
const ENTRIES_MAX: usize = 500;
const AGE_MS_MAX: i64 = 3_600_000;

/// Answers by what was asked.
#[derive(Debug, Default)]
pub(super) struct AnswerCache(BTreeMap<CacheKey, (UnixMillis, Vec<Told>)>);

impl AnswerCache {
    /// What was answered to the same call within the last hour, at no cost.
    pub(super) fn find(&self, key: &CacheKey, now: UnixMillis) -> Vec<Told> {
        let entry = self.0.get(key).filter(|(at, _)| now.since(*at).0 <= AGE_MS_MAX);
        let told = entry.map_or(&[][..], |(_, told)| told.as_slice());
        let free = told.iter().cloned().map(|mut told| {
            told.sample.cost = Usd::ZERO;
            told.usage = Usage::default();
            told
        });
        free.collect()
    }
    pub(super) fn put(&mut self, key: CacheKey, at: UnixMillis, told: Vec<Told>) {
        if self.0.len() >= ENTRIES_MAX {
            let oldest = self.0.iter().min_by_key(|(_, (at, _))| *at).map(|(key, _)| key.clone());
            if let Some(oldest) = oldest {
                self.0.remove(&oldest);
            }
        }
        self.0.insert(key, (at, told));
    }
}
