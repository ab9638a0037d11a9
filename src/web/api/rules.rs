//! The rules of markets in the venue's words: asked for when somebody looks, and kept for a while.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use domain::{ConditionId, DurationMillis, UnixMillis};
use parking_lot::Mutex;
use polymarket::gamma::GammaClient;
use polymarket::http::Settings as VenueSettings;

/// Markets whose rules are kept; the oldest makes room.
const KEPT_MAX: usize = 500;
/// Venues seldom change rules, and say so in them when they do.
const KEPT_FOR: DurationMillis = DurationMillis(3_600_000);
/// Bytes of rules that are told; longer ones are cut.
const BYTES_MAX: usize = 16 << 10;
/// How long whoever looks waits for the venue.
const WAIT: Duration = Duration::from_millis(1_500);
/// Questions to the venue at one time; whoever comes then is told nothing yet.
const ASKED_MAX: usize = 4;

#[derive(Clone, Debug)]
struct Kept {
    rules: Option<String>,
    at: UnixMillis,
}

/// The rules that were asked for.
#[derive(Debug, Default)]
pub struct RulesShelf {
    venue: Option<VenueSettings>,
    kept: Mutex<BTreeMap<ConditionId, Kept>>,
    asked: AtomicUsize,
}

impl RulesShelf {
    /// Asks this venue.
    #[must_use]
    pub fn of(venue: VenueSettings) -> Self {
        Self { venue: Some(venue), ..Self::default() }
    }
    /// The rules of a market: text from outside, at most 16 KiB. `None` where there are none, or the
    /// venue does not tell them in time.
    pub async fn read(&self, market: ConditionId, now: UnixMillis) -> Option<String> {
        let kept = self.kept.lock().get(&market).cloned();
        if let Some(kept) = kept.filter(|kept| now.since(kept.at) < KEPT_FOR) {
            return kept.rules;
        }
        let venue = self.venue.as_ref()?;
        let place = Place::take(&self.asked)?;
        let asked = async { GammaClient::new(venue.connect().ok()?).rules(market).await.ok() };
        let told = tokio::time::timeout(WAIT, asked).await.ok().flatten();
        drop(place);
        let rules = told?.map(|mut text| {
            text.truncate(text.floor_char_boundary(BYTES_MAX));
            text
        });
        self.keep(market, Kept { rules: rules.clone(), at: now });
        rules
    }
    fn keep(&self, market: ConditionId, rules: Kept) {
        let mut kept = self.kept.lock();
        if kept.len() >= KEPT_MAX && !kept.contains_key(&market) {
            let oldest = kept.iter().min_by_key(|(_, kept)| kept.at).map(|(market, _)| *market);
            oldest.and_then(|oldest| kept.remove(&oldest));
        }
        kept.insert(market, rules);
    }
}

/// One of the questions that may be asked at one time; given back when whoever asks is gone.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(asked: &'a AtomicUsize) -> Option<Self> {
        let more = |asked: usize| (asked < ASKED_MAX).then_some(asked + 1);
        let taken = asked.fetch_update(Ordering::AcqRel, Ordering::Acquire, more);
        taken.is_ok().then(|| Self(asked))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = UnixMillis(1_790_000_000_000);

    fn market(number: usize) -> ConditionId {
        ConditionId::parse(&format!("0x{number:064x}")).unwrap()
    }

    #[actix_rt::test]
    async fn rules_are_kept_for_an_hour_and_the_oldest_make_room() {
        let shelf = RulesShelf::default();
        for number in 0..=KEPT_MAX {
            let at = NOW.plus(DurationMillis(number as i64));
            shelf.keep(market(number), Kept { rules: Some(number.to_string()), at });
        }
        assert_eq!(shelf.kept.lock().len(), KEPT_MAX);
        assert_eq!(shelf.read(market(0), NOW).await, None);
        assert_eq!(shelf.read(market(1), NOW).await.as_deref(), Some("1"));
        let end = NOW.plus(DurationMillis(KEPT_FOR.0 + 1));
        assert_eq!(shelf.read(market(1), end).await, None);
        assert_eq!(shelf.read(market(2), end).await.as_deref(), Some("2"));
    }

    #[test]
    fn no_more_than_four_questions_are_asked_at_one_time() {
        let asked = AtomicUsize::new(0);
        let places: Vec<_> = (0..ASKED_MAX).map(|_| Place::take(&asked).unwrap()).collect();
        assert!(Place::take(&asked).is_none());
        drop(places);
        assert!(Place::take(&asked).is_some());
    }
}
