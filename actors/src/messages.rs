//! What the roles say to each other. Commands are imperative, events are past tense; each message
//! says how it travels and what happens at the limit.

use std::sync::Arc;

use actix::Message;
use bytes::Bytes;
use domain::{ConditionId, EventGroup, Market, TokenId, UnixMillis};
use engine::opportunity::OpportunityRecord;
use engine::screen::Look;
use engine::trace::FrameTimes;
use replay::StatedBook;
use store::{CollectorRunRow, PriceRow};

use crate::books::MarketTouch;
use crate::supervision::{Class, Msg};

/// One connection of one feed, counted over the life of the program: a later one has a larger
/// number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConnectionId(pub u64);

macro_rules! message {
    ($name:ty, $class:expr) => {
        impl Message for $name {
            type Result = ();
        }
        impl Msg for $name {
            const CLASS: Class = $class;
        }
    };
}

/// The set of watched markets is another. At the limit: only the newest set matters.
#[derive(Clone, Copy, Debug)]
pub struct UniverseChanged;
message!(UniverseChanged, Class::Latest);

/// Frames of a feed, in the order they came. At the limit: the feed keeps none, and its next batch
/// says that some are missing, which makes the books of that feed suspect.
#[derive(Clone, Debug)]
pub struct FramesArrived {
    /// Which feed.
    pub shard: u16,
    /// Which of its connections.
    pub connection: ConnectionId,
    /// As they came.
    pub frames: Vec<Bytes>,
    /// When the last of them came.
    pub received_at: UnixMillis,
    /// Frames missing before these.
    pub frames_missing: u64,
}
message!(FramesArrived, Class::Normal);

/// Nobody vouches for the books of this connection any more. Never dropped.
#[derive(Clone, Copy, Debug)]
pub struct ConnectionLost {
    /// Which feed.
    pub shard: u16,
    /// The last connection that is gone.
    pub connection: ConnectionId,
    /// Why.
    pub cause: engine::books::StaleCause,
}
message!(ConnectionLost, Class::Critical);

/// Ask the venue to state these books again; all of the feed's where none is named. At the limit:
/// the books ask again with their next contradiction.
#[derive(Clone, Debug)]
pub struct StateAgain {
    /// Which books.
    pub tokens: Vec<TokenId>,
}
message!(StateAgain, Class::Normal);

/// Books as REST states them, to compare with the live ones. At the limit: dropped, the next sample
/// comes soon.
#[derive(Clone, Debug)]
pub struct BooksStated {
    /// As REST answered.
    pub books: Vec<StatedBook>,
}
message!(BooksStated, Class::Normal);

/// Look into the depth of a subject, or learn why there is nothing to look at any more. At the
/// limit: only the newest look at each subject matters.
#[derive(Clone, Debug)]
pub struct LookAt {
    /// Where, and the books.
    pub look: Look,
    /// When the frame that caused it was where; `None` where no frame did.
    pub frame: Option<FrameTimes>,
}
impl Message for LookAt {
    type Result = ();
}
impl Msg for LookAt {
    const CLASS: Class = Class::Latest;
    fn key(&self) -> u64 {
        self.look.slot
    }
}

/// An opportunity opened, changed or closed. Never dropped silently: a full queue is logged.
#[derive(Clone, Debug)]
pub struct OpportunityChanged(pub Arc<OpportunityRecord>);
message!(OpportunityChanged, Class::Critical);

/// The same, for whoever tells its story. At the limit: left out and counted.
#[derive(Clone, Debug)]
pub struct OpportunityTraced {
    /// As it stands now.
    pub record: Arc<OpportunityRecord>,
    /// When the frame that caused the change was where; `None` where no frame did.
    pub frame: Option<FrameTimes>,
}
message!(OpportunityTraced, Class::Normal);

/// The touches that changed since the last time. At the limit: the books keep them and try again,
/// newest state only.
#[derive(Clone, Debug)]
pub struct TouchesChanged(pub Vec<MarketTouch>);
message!(TouchesChanged, Class::Normal);

/// What a run of the market collector changed. At the limit: the collector keeps it and adds it to
/// its next run.
#[derive(Clone, Debug)]
pub struct StoreListing {
    /// New and changed markets.
    pub markets: Vec<Arc<Market>>,
    /// New and changed groups.
    pub groups: Vec<Arc<EventGroup>>,
    /// Markets that are gone from the venue's list.
    pub closed: Vec<ConditionId>,
    /// The run itself.
    pub run: CollectorRunRow,
}
message!(StoreListing, Class::Normal);

/// Prices to keep. At the limit: dropped, a newer sample comes soon.
#[derive(Clone, Debug)]
pub struct StorePrices(pub Vec<PriceRow>);
message!(StorePrices, Class::Normal);

impl StoreListing {
    /// Adds what an earlier run changed and nobody has taken yet. What this run says is newer.
    pub fn add_earlier(&mut self, earlier: Self) {
        let newer: std::collections::BTreeSet<_> =
            self.markets.iter().map(|market| market.condition).chain(self.closed.clone()).collect();
        let kept = earlier.markets.into_iter().filter(|m| !newer.contains(&m.condition));
        self.markets.extend(kept);
        let kept = earlier.closed.into_iter().filter(|condition| !newer.contains(condition));
        self.closed.extend(kept);
        let groups: std::collections::BTreeSet<_> =
            self.groups.iter().map(|group| group.id.clone()).collect();
        self.groups.extend(earlier.groups.into_iter().filter(|group| !groups.contains(&group.id)));
    }
}
