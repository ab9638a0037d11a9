//! What an actor says of what its decider took in.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use domain::{ConditionId, EventGroup, GroupId, Level, Market, TokenId, Touch, UnixMillis};
use engine::books::StaleCause;
use engine::desk::{DealerSettings, Desk, Input, OrderNumber, Outcome, Signed, TradingView};
use engine::detector::DetectorSettings;
use engine::forecast::Forecast;
use engine::opportunity::{OpportunityRecord, WatchlistEffect};
use engine::risk::{Gate, Limits};
use engine::signal::{Signal, SignalId, StrategyName};
use engine::strategy::{Count, Decided, Passed, Stakes, StrategySettings, TrackRecord};
use engine::universe::Watched;
use serde::{Deserialize, Serialize};

use crate::restated::RestatedBook;
use crate::step::Setup;

/// A note with its moment, by the clock that the decider was given.
#[derive(Debug)]
pub struct Stepped {
    /// When.
    pub at: UnixMillis,
    /// What.
    pub note: Note,
}

/// What a decider took in. Said before anybody is told what it decided, so that no effect stands
/// before its cause.
#[derive(Debug)]
pub enum Note {
    /// How the program is set up. The first note.
    Setup(Setup),
    /// The books begin with nothing.
    BooksBegan,
    /// The books watch something else.
    Watches(Arc<Watched>),
    /// The books applied frames.
    Frames {
        /// Of which feed.
        shard: u16,
        /// Frames missing before these.
        missing: u64,
        /// As they came.
        frames: Vec<Bytes>,
        /// The exchange's time of the last of them.
        stated_at: Option<UnixMillis>,
    },
    /// Frames that decide nothing here: of the account's socket, or of others' trades.
    Heard {
        /// Which socket.
        socket: Socket,
        /// As it came.
        frame: Bytes,
    },
    /// Nobody vouches for the books of a feed any more.
    Lost {
        /// Which feed.
        shard: u16,
        /// Why.
        cause: StaleCause,
    },
    /// Books were compared with what REST states.
    Checked(Vec<StatedBook>),
    /// The books look again at what is open.
    Confirmed,
    /// Some books as they stand, in turn. Nobody decides by it.
    Restated(Vec<RestatedBook>),
    /// The detector begins with nothing open; what an earlier one had open was closed.
    DetectorBegan(Box<DetectorSettings>),
    /// The detector looked.
    Looked {
        /// At which look of the books.
        number: u64,
        /// What changed.
        effects: Vec<WatchlistEffect>,
    },
    /// The detector closed what nobody confirmed.
    Expired(Vec<WatchlistEffect>),
    /// A strategy begins and remembers nothing.
    SeatBegan {
        /// Which.
        strategy: StrategyName,
        /// What it may do.
        settings: StrategySettings,
        /// Whose money it is.
        stakes: Stakes,
    },
    /// A strategy had a moment.
    Sat(Box<Sat>),
    /// The desk begins.
    DealerBegan {
        /// As it was read back; `None` of one that is new.
        desk: Option<Box<Desk>>,
        /// The limits of a new one.
        limits: Box<Limits>,
        /// How the dealer deals.
        settings: DealerSettings,
    },
    /// The desk decided.
    Dealt(Box<Dealt>),
    /// The desk was shown.
    Shown {
        /// Counts the views.
        number: u64,
        /// The prices that were read.
        quotes: BTreeMap<TokenId, Touch>,
        /// What was shown.
        view: Arc<TradingView>,
    },
    /// So many notes found no room before this one.
    Missing(u64),
}

/// A socket whose frames decide nothing here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Socket {
    /// The account's own.
    User,
    /// Others' trades.
    Trades,
}

/// A book as REST states it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedBook {
    /// Whose book.
    pub token: TokenId,
    /// Its bids, in any order.
    pub bids: Vec<Level>,
    /// Its asks, in any order.
    pub asks: Vec<Level>,
    /// The exchange's time of it.
    pub stated_at: UnixMillis,
}

/// A moment of a strategy.
#[derive(Debug)]
pub struct Sat {
    /// Whose.
    pub strategy: StrategyName,
    /// Why.
    pub occasion: Cause,
    /// What it read.
    pub reads: Reads,
    /// What it did, in order.
    pub did: Vec<Did>,
}

/// Why a strategy had a moment.
#[derive(Debug)]
pub enum Cause {
    /// It begins, and keeps in mind what is open.
    Began(Vec<Arc<OpportunityRecord>>),
    /// Time passed.
    Turn,
    /// An opportunity opened, changed or closed.
    Changed(Arc<OpportunityRecord>),
    /// A person wants it traded.
    ByHand(Arc<OpportunityRecord>),
    /// A forecast was published.
    Heard(Arc<Forecast>),
}

/// What a strategy read in one moment; nothing where it did not ask.
#[derive(Debug, Default)]
pub struct Reads {
    /// Which view of the desk; the inner `None` where there was none.
    pub view: Option<Option<u64>>,
    /// Which feed watches what.
    pub watched: Option<Arc<Watched>>,
    /// When each live feed last brought data.
    pub live: Option<BTreeMap<u16, UnixMillis>>,
    /// Markets.
    pub markets: BTreeMap<ConditionId, Option<Arc<Market>>>,
    /// Groups.
    pub groups: BTreeMap<GroupId, Option<Arc<EventGroup>>>,
    /// Decisions.
    pub decisions: BTreeMap<SignalId, Option<Decided>>,
    /// Best prices.
    pub touches: BTreeMap<ConditionId, [Touch; 2]>,
    /// The swarm's record.
    pub track_record: Option<TrackRecord>,
}

/// One thing that a strategy did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Did {
    /// It raised a wish.
    Raised {
        /// The wish.
        signal: Box<Signal>,
        /// What it checked.
        gates: Vec<Gate>,
        /// Whether somebody took it.
        taken: Taken,
    },
    /// It said why not.
    Passed(Box<Passed>),
    /// It counted something.
    Counted(Count),
}

/// Whether somebody took a wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Taken {
    /// Yes.
    Taken,
    /// Nobody was there.
    Nobody,
}

/// One input of the desk.
#[derive(Debug)]
pub struct Dealt {
    /// The input.
    pub input: Input,
    /// The prices that were read.
    pub quotes: BTreeMap<TokenId, Touch>,
    /// What the signer answered, in order.
    pub signed: Vec<(OrderNumber, Result<Signed, String>)>,
    /// What was decided.
    pub outcome: Outcome,
}
