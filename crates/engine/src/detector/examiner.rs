//! Looks into the depth and keeps what is open.

use domain::{DurationMillis, UnixMillis};

use super::{DetectorSettings, GroupView, examine_group, examine_pair};
use crate::funnel::{Funnel, Reason};
use crate::opportunity::{Examination, OpportunityKind, Subject, Watchlist, WatchlistEffect};
use crate::screen::{Look, MarketSnapshot, Views};

/// Opportunities that may be open at once; more are refused and counted by the watchlist.
pub const OPEN_MAX: usize = 2_000;
/// An open opportunity that no look has confirmed for so long is over. Whoever looks repeats its look
/// at every open subject well within it.
pub const UNCONFIRMED_MAX: DurationMillis = DurationMillis(5_000);

/// The detector as a plain value: looks in, changes of the open opportunities out.
#[derive(Clone, Debug)]
pub struct Examiner {
    settings: DetectorSettings,
    watchlist: Watchlist,
    depth: Funnel,
    found: u64,
}

impl Examiner {
    /// With nothing open.
    #[must_use]
    pub fn new(settings: DetectorSettings) -> Self {
        let watchlist = Watchlist::new(OPEN_MAX);
        Self { settings, watchlist, depth: Funnel::default(), found: 0 }
    }
    /// What is open.
    #[must_use]
    pub const fn watchlist(&self) -> &Watchlist {
        &self.watchlist
    }
    /// How the looks ended that passed the screen.
    #[must_use]
    pub const fn depth(&self) -> &Funnel {
        &self.depth
    }
    /// Opportunities that were opened so far.
    #[must_use]
    pub const fn found(&self) -> u64 {
        self.found
    }

    /// Takes in a look of this moment.
    pub fn look(&mut self, look: &Look, now: UnixMillis) -> Vec<WatchlistEffect> {
        let Look { subject, views, .. } = look;
        let effects = match views {
            Ok(views) => {
                let examination = self.examine(views, now);
                self.watchlist.observe(subject, examination, now)
            }
            Err(Reason::Suspect | Reason::Stale | Reason::Waiting) => {
                self.watchlist.distrust(subject, now)
            }
            Err(reason) => self.watchlist.observe(subject, missed(subject, *reason), now),
        };
        let opened = effects.iter().filter(|it| matches!(it, WatchlistEffect::Opened(_)));
        self.found += opened.count() as u64;
        effects
    }
    /// Closes what nobody confirmed for too long.
    pub fn expire(&mut self, now: UnixMillis) -> Vec<WatchlistEffect> {
        self.watchlist.expire(now, UNCONFIRMED_MAX)
    }

    fn examine(&mut self, views: &Views, now: UnixMillis) -> Examination {
        let examination = match views {
            Views::Pair(pair) => examine_pair(&pair.view(), &self.settings, now),
            Views::Group { group, members } => {
                let members: Vec<_> = members.iter().map(MarketSnapshot::view).collect();
                examine_group(&GroupView { group, members: &members }, &self.settings, now)
            }
        };
        for (_, end) in examination.ends() {
            self.depth.record(end);
        }
        examination
    }
}

/// A look that ended at the touch, as an examination: it closes what is open for that reason.
fn missed(subject: &Subject, reason: Reason) -> Examination {
    let mut examination = Examination::new();
    let kinds = match subject {
        Subject::Market(_) => &OpportunityKind::OF_MARKET[..],
        Subject::Group(_) => &OpportunityKind::OF_GROUP[..],
    };
    for kind in kinds {
        examination.record(*kind, Err(reason));
    }
    examination
}
