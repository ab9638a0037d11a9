//! Looks into the depth of what the books found contradictory at their touch.
//!
//! The examination and the list of open opportunities are plain values of `engine`. This actor
//! hands them the time, and tells the board, the publisher and the store what changed.

mod opportunity_board;

use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use domain::{DurationMillis, Market, UnixMillis};
use engine::books::{Distrust, TrustedBook, TrustedSnapshot};
use engine::detector::{DetectorSettings, GroupView, PairView, examine_group, examine_pair};
use engine::funnel::{Funnel, Reason};
use engine::opportunity::{Examination, OpportunityKind, Subject, Watchlist, WatchlistEffect};

pub use opportunity_board::{OpportunityBoard, OpportunityRecord};

use crate::board::Board;
use crate::clock::Clock;
use crate::messages::{LookAt, OpportunityChanged, Views};
use crate::supervision::Handle;

/// Opportunities that may be open at once; more are refused and counted by the watchlist.
const OPEN_MAX: usize = 2_000;
/// An open opportunity that no look has confirmed for so long is over. The books repeat their look
/// at every open subject well within it.
const UNCONFIRMED_MAX: DurationMillis = DurationMillis(5_000);
const EXPIRY_INTERVAL: Duration = Duration::from_millis(500);

/// Whom the detector tells.
#[derive(Clone)]
pub struct DetectorOutlets {
    /// What is open, readable by everybody.
    pub opportunities: Arc<OpportunityBoard>,
    /// What the detector says about itself.
    pub board: Arc<Board>,
    /// Who is told of each change: the publisher and the store's writer.
    pub listeners: Vec<Handle<OpportunityChanged>>,
}

/// The detector.
pub struct Detector {
    settings: DetectorSettings,
    clock: Clock,
    outlets: DetectorOutlets,
    watchlist: Watchlist,
    depth: Funnel,
    found: u64,
}

impl Detector {
    /// With nothing open.
    #[must_use]
    pub fn new(settings: DetectorSettings, clock: Clock, outlets: DetectorOutlets) -> Self {
        let watchlist = Watchlist::new(OPEN_MAX);
        Self { settings, clock, outlets, watchlist, depth: Funnel::default(), found: 0 }
    }

    fn apply(&mut self, effects: Vec<WatchlistEffect>) {
        for effect in effects {
            if matches!(effect, WatchlistEffect::Opened(_)) {
                self.found += 1;
            }
            if let Some(record) = self.outlets.opportunities.apply(effect) {
                self.tell(&record);
            }
        }
        let (depth, found) = (self.depth.clone(), self.found);
        let open = self.watchlist.open().len();
        self.outlets.board.set_detector(|status| {
            status.depth = depth;
            status.found = found;
            status.open = open;
        });
    }

    fn tell(&self, record: &Arc<OpportunityRecord>) {
        for listener in &self.outlets.listeners {
            if let Err(error) = listener.tell(OpportunityChanged(Arc::clone(record))) {
                tracing::warn!(listener = listener.name(), %error, "an opportunity was not passed on");
            }
        }
    }

    fn examine(&mut self, views: &Views, now: UnixMillis) -> Examination {
        let examination = match views {
            Views::Pair(pair) => examine_pair(&pair.view(), &self.settings, now),
            Views::Group { group, members } => {
                let members: Vec<_> = members.iter().map(PairSnapshot::view).collect();
                examine_group(&GroupView { group, members: &members }, &self.settings, now)
            }
        };
        for (_, end) in examination.ends() {
            self.depth.record(end);
        }
        examination
    }
}

impl Actor for Detector {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        // What an earlier incarnation had open is nobody's now; the next look opens it again.
        for record in self.outlets.opportunities.close_all(self.clock.now()) {
            self.tell(&record);
        }
        ctx.run_interval(EXPIRY_INTERVAL, |actor, _| {
            let now = actor.clock.now();
            let effects = actor.watchlist.expire(now, UNCONFIRMED_MAX);
            actor.apply(effects);
        });
    }
}

impl Handler<LookAt> for Detector {
    type Result = ();
    fn handle(&mut self, look: LookAt, _: &mut Self::Context) {
        let now = self.clock.now();
        let effects = match look.views {
            Ok(views) => {
                let examination = self.examine(&views, now);
                self.watchlist.observe(&look.subject, examination, now)
            }
            Err(Reason::Suspect | Reason::Stale | Reason::Waiting) => {
                self.watchlist.distrust(&look.subject, now)
            }
            Err(reason) => {
                self.watchlist.observe(&look.subject, missed(&look.subject, reason), now)
            }
        };
        self.apply(effects);
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

/// A market with copies of its books, as far as they were trusted when they were taken.
#[derive(Clone, Debug)]
pub struct PairSnapshot {
    /// The market.
    pub market: Arc<Market>,
    /// The book of YES, or why there is none.
    pub yes: Result<TrustedSnapshot, Distrust>,
    /// The book of NO, or why there is none.
    pub no: Result<TrustedSnapshot, Distrust>,
}

impl PairSnapshot {
    fn view(&self) -> PairView<'_> {
        let (yes, no) = (borrow(&self.yes), borrow(&self.no));
        PairView { market: &self.market, yes, no }
    }
}

fn borrow(book: &Result<TrustedSnapshot, Distrust>) -> Result<TrustedBook<'_>, Distrust> {
    book.as_ref().map(TrustedSnapshot::view).map_err(|why| *why)
}
