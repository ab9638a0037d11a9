//! What a session holds of a note.

use std::collections::BTreeMap;

use domain::{ConditionId, EventGroup, GroupId, Market, TokenId, Touch, UnixMillis};
use engine::books::StaleCause;
use engine::desk::{DealerSettings, Desk, Input, OrderNumber};
use engine::detector::DetectorSettings;
use engine::forecast::Forecast;
use engine::risk::Limits;
use engine::signal::{SignalId, StrategyName};
use engine::strategy::{Decided, Stakes, StrategySettings, TrackRecord};
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::exhibit::Exhibit;
use crate::note::{StatedBook, Taken};
use crate::standing::Standing;

/// How the program was set up when the session began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setup {
    /// The program's version. Only sessions of one version can be compared decision by decision.
    pub version: String,
    /// `demo`, `paper`, `live` or `record`.
    pub mode: String,
    /// Whether the session begins with the program. One that begins later misses what its deciders
    /// had in mind.
    pub beginning: Beginning,
}

/// Where a session begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Beginning {
    /// With the program.
    WithTheProgram,
    /// While it ran: the recorder had to begin again.
    Later,
}

/// One step of a decider. Tagged from outside: what is tagged from inside cannot hold maps with
/// numbers as keys.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// How the program is set up.
    Setup(Setup),
    /// The world is another than when it was last read.
    World {
        /// What of it.
        facts: Vec<Fact>,
    },
    /// The books begin with nothing.
    BooksBegan,
    /// The books watch this plan.
    Watches {
        /// The number of a [`Fact::Plan`].
        plan: u64,
    },
    /// Nobody vouches for the books of a feed any more.
    Lost {
        /// Which feed.
        shard: u16,
        /// Why.
        cause: StaleCause,
    },
    /// Books were compared with what REST states.
    Checked {
        /// As stated.
        books: Vec<StatedBook>,
    },
    /// The books look again at what is open.
    Confirmed,
    /// The detector begins.
    DetectorBegan {
        /// How it looks.
        settings: Box<DetectorSettings>,
    },
    /// The detector looked.
    Looked {
        /// At which look of the books.
        number: u64,
        /// What changed; `None` where nothing did.
        decided: Option<Decision>,
    },
    /// The detector closed what nobody confirmed.
    Expired {
        /// What; `None` where there was nothing.
        decided: Option<Decision>,
    },
    /// A strategy begins.
    SeatBegan {
        /// Which.
        strategy: StrategyName,
        /// What it may do.
        settings: StrategySettings,
        /// Whose money it is.
        stakes: Stakes,
    },
    /// A strategy had a moment.
    Sat {
        /// Whose.
        strategy: StrategyName,
        /// Why.
        occasion: Occasion,
        /// The number of the view that it read, 0 where there was none; `None` where it read none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        view: Option<u64>,
        /// The number of the plan that it read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        plan: Option<u64>,
        /// Which of its wishes nobody took, counted from 0.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        untaken: Vec<u32>,
        /// What it did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        decided: Option<Decision>,
    },
    /// The desk begins.
    DealerBegan {
        /// As it was read back.
        desk: Option<Box<Desk>>,
        /// The limits of a new one.
        limits: Box<Limits>,
        /// How the dealer deals.
        settings: DealerSettings,
    },
    /// The desk decided.
    Dealt {
        /// On what.
        input: Box<Input>,
        /// What the signer answered: the order's name and bytes, or why not.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        signed: Vec<Signature>,
        /// What was decided; `None` where nothing was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        decided: Option<Decision>,
    },
    /// The desk was shown.
    Shown {
        /// Counts the views.
        number: u64,
        /// How it stood, once in a while.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        standing: Option<Box<Standing>>,
    },
    /// So many steps found no room before the next one.
    Missing {
        /// How many.
        steps: u64,
    },
}

/// What was decided, for comparison and for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Of all of it.
    pub digest: Digest,
    /// In short, at most a few lines.
    pub text: String,
    /// All of it, for people. A replay makes none and compares none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what: Option<Box<Exhibit>>,
}

/// Why a strategy had a moment.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// It begins, and keeps in mind these records of opportunities.
    Began {
        /// Their revisions.
        open: Vec<u64>,
    },
    /// Time passed.
    Turn,
    /// An opportunity opened, changed or closed.
    Changed {
        /// Its revision.
        revision: u64,
    },
    /// A person wants it traded.
    ByHand {
        /// Its revision.
        revision: u64,
    },
    /// A forecast was published.
    Heard {
        /// The forecast.
        forecast: Box<Forecast>,
    },
}

/// What the signer answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Asked about which order.
    pub number: OrderNumber,
    /// The order's name and exact bytes, or why it cannot be signed.
    pub answer: Result<(domain::OrderId, String), String>,
}

/// One thing of the world that is another now.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// A set of watched markets, with a new number.
    Plan {
        /// Its number.
        number: u64,
        /// The watched markets.
        markets: Vec<Market>,
        /// Their groups.
        groups: Vec<EventGroup>,
        /// The tokens of each feed.
        shards: Vec<Vec<TokenId>>,
    },
    /// A market; `None` where it is not listed any more.
    Market {
        /// Which.
        condition: ConditionId,
        /// As listed.
        market: Option<Box<Market>>,
    },
    /// A group.
    Group {
        /// Which.
        id: GroupId,
        /// As listed.
        group: Option<Box<EventGroup>>,
    },
    /// When each live feed last brought data.
    Live {
        /// By shard.
        feeds: BTreeMap<u16, UnixMillis>,
    },
    /// What was decided about a signal, as far as that is known.
    Decided {
        /// Which.
        signal: SignalId,
        /// The decision.
        decided: Option<Decided>,
    },
    /// The best prices of a market.
    Touches {
        /// Which.
        condition: ConditionId,
        /// YES first.
        touches: [Touch; 2],
    },
    /// The best prices of a token, as the desk reads them.
    Quote {
        /// Which.
        token: TokenId,
        /// The prices.
        touch: Touch,
    },
    /// How good the swarm has been.
    TrackRecord {
        /// So good.
        record: TrackRecord,
    },
}

/// Which of a strategy's wishes nobody took.
pub(crate) fn untaken(taken: impl Iterator<Item = Taken>) -> Vec<u32> {
    let counted = taken.zip(0_u32..).filter(|(taken, _)| *taken == Taken::Nobody);
    counted.map(|(_, at)| at).collect()
}
