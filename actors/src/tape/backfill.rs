//! Reads the paged list of trades, so that no gap of the live stream stays one.
//!
//! The list lags behind by minutes and is cached, so each walk begins well before the end of the
//! last one; what is read twice is told once.

use domain::{DurationMillis, UnixMillis, Usd};
use polymarket::data::{DataClient, TradesWanted};
use polymarket::http::{Settings as VenueSettings, VenueError};
use polymarket::rtds::MatchedTrade;

/// Pages of one walk: twenty thousand trades of the floor's size.
const PAGES_MAX: usize = 20;

/// From where on the list is still to be read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reach {
    /// Every walk begins so long before the end of the last one.
    pub(super) overlap: DurationMillis,
    /// No walk reaches back further.
    pub(super) reach_max: DurationMillis,
    /// Everything up to this moment was read.
    pub(super) complete_to: Option<UnixMillis>,
}

impl Reach {
    /// What the next walk reads, and how much before it nobody will read any more.
    pub(super) fn next(&self, now: UnixMillis) -> (UnixMillis, DurationMillis) {
        let farthest = UnixMillis(now.0.saturating_sub(self.reach_max.0));
        let wanted = match self.complete_to {
            Some(at) => UnixMillis(at.0.saturating_sub(self.overlap.0)),
            None => UnixMillis(now.0.saturating_sub(self.overlap.0)),
        };
        let lost = self.complete_to.map_or(0, |at| farthest.since(at).0.max(0));
        (wanted.max(farthest), DurationMillis(lost))
    }
}

/// What a walk brought.
#[derive(Debug, Default)]
pub(super) struct Walked {
    /// Oldest first.
    pub(super) trades: Vec<MatchedTrade>,
    /// Rows that could not be read.
    pub(super) refused: usize,
    /// There were more pages than one walk reads: the oldest part is missing.
    pub(super) cut: bool,
}

/// Walks the list.
pub(super) async fn walk(
    venue: VenueSettings,
    from: UnixMillis,
    to: UnixMillis,
    value_usd_min: Usd,
) -> Result<Walked, VenueError> {
    let client = DataClient::new(venue.connect()?);
    let mut pages = client.trades(&TradesWanted { from, to, value_usd_min });
    let mut walked = Walked::default();
    let mut count = 0;
    while let Some(page) = pages.next_page().await? {
        walked.trades.extend(page.trades);
        walked.refused += page.refused.len();
        count += 1;
        if count == PAGES_MAX {
            walked.cut = pages.next_page().await?.is_some();
            break;
        }
    }
    walked.trades.sort_by_key(|trade| trade.at);
    Ok(walked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(complete_to: Option<i64>) -> Reach {
        Reach {
            overlap: DurationMillis(600),
            reach_max: DurationMillis(3_600),
            complete_to: complete_to.map(UnixMillis),
        }
    }

    #[test]
    fn a_walk_overlaps_the_one_before_and_says_what_it_cannot_reach() {
        let next = |complete: Option<i64>| reach(complete).next(UnixMillis(10_000));
        assert_eq!(next(None), (UnixMillis(9_400), DurationMillis(0)));
        assert_eq!(next(Some(9_990)), (UnixMillis(9_390), DurationMillis(0)));
        assert_eq!(next(Some(6_500)), (UnixMillis(6_400), DurationMillis(0)));
        assert_eq!(next(Some(5_000)), (UnixMillis(6_400), DurationMillis(1_400)));
    }
}
