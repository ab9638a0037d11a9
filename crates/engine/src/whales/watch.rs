//! Finds whales among prints, each once.
//!
//! A print of the size is a whale by itself. Smaller ones of one wallet on one side of one outcome
//! are added up over a window; once their sum is of the size they are one event, and what the wallet
//! goes on trading there within the window belongs to the same event. Prints may come late and out
//! of order: what counts is when they happened.

mod hoard;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use domain::{AccountAddress, ConditionId, DurationMillis, Shares, Side, TokenId, UnixMillis, Usd};

use super::{WhaleClass, WhaleKind};
use crate::tape::{About, ToldPrint};
use hoard::Hoard;

/// When a sum of prints is a whale.
#[derive(Clone, Copy, Debug)]
pub struct WhaleSettings {
    /// A print, or a sum of prints, of this size.
    pub whale_usd_min: Usd,
    /// The prints of a sum lie within so much time.
    pub window: DurationMillis,
    /// Prints that come later than this after newer ones of their wallet are not added up.
    pub late_max: DurationMillis,
    /// Wallets and outcomes watched at a time; the one that was quiet for longest is forgotten.
    pub hoards_max: usize,
}

impl Default for WhaleSettings {
    fn default() -> Self {
        Self {
            whale_usd_min: Usd::from_whole(10_000),
            window: DurationMillis(600_000),
            late_max: DurationMillis(3_600_000),
            hoards_max: 20_000,
        }
    }
}

/// The name of a whale event: at most 120 printable ASCII characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WhaleId(Arc<str>);

impl WhaleId {
    /// A name that was given before.
    #[must_use]
    pub fn known(text: &str) -> Self {
        Self(text.into())
    }
    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for WhaleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
impl fmt::Debug for WhaleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// A whale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhaleEvent {
    /// Its name.
    pub id: WhaleId,
    /// How it showed.
    pub kind: WhaleKind,
    /// Whose; `None` where no source said so.
    pub wallet: Option<AccountAddress>,
    /// In which market.
    pub condition: ConditionId,
    /// What was traded.
    pub token: TokenId,
    /// Whether it was bought or sold.
    pub side: Side,
    /// Dollars a share, on average, when it was told: a follower's price.
    pub entry_price: Usd,
    /// Shares so far.
    pub size: Shares,
    /// Dollars so far.
    pub value: Usd,
    /// Prints so far.
    pub prints: u32,
    /// The first of them.
    pub first_at: UnixMillis,
    /// The last of them.
    pub last_at: UnixMillis,
    /// What people call the market. Untrusted text.
    pub about: Arc<About>,
}

impl WhaleEvent {
    /// Its class, once it is known whether the wallet was new.
    #[must_use]
    pub const fn class(&self, fresh: Option<bool>) -> WhaleClass {
        WhaleClass::of(self.kind, fresh)
    }
}

/// What a print did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// There is a whale: to be told, once.
    New(WhaleEvent),
    /// A whale that was told has grown.
    Grew(WhaleEvent),
}

type Place = (AccountAddress, TokenId, Way);

/// A side with an order, for keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Buy,
    Sell,
}

impl From<Side> for Way {
    fn from(side: Side) -> Self {
        match side {
            Side::Buy => Self::Buy,
            Side::Sell => Self::Sell,
        }
    }
}

/// What is being added up.
#[derive(Clone, Debug)]
pub struct WhaleWatch {
    settings: WhaleSettings,
    hoards: BTreeMap<Place, Hoard>,
    /// The quietest first.
    by_age: BTreeSet<(UnixMillis, Place)>,
}

impl WhaleWatch {
    /// Nothing was seen yet.
    #[must_use]
    pub const fn new(settings: WhaleSettings) -> Self {
        Self { settings, hoards: BTreeMap::new(), by_age: BTreeSet::new() }
    }
    /// Remembers a whale that was told before this watch began.
    pub fn prime(&mut self, event: WhaleEvent) {
        if let (WhaleKind::Accumulation, Some(wallet)) = (event.kind, event.wallet) {
            let place = (wallet, event.token, event.side.into());
            self.change(place, event.last_at, |hoard, _| hoard.remember(event));
        }
    }
    /// Takes a print that passed the sieve, whatever its size.
    pub fn take(&mut self, told: &ToldPrint) -> Option<Change> {
        let print = &told.print;
        if print.value >= self.settings.whale_usd_min {
            return Some(Change::New(large(told)));
        }
        let place = (print.wallet?, print.token, print.side.into());
        self.change(place, print.at, |hoard, settings| hoard.take(told, settings))
    }
    /// The event of a large print whose wallet is known only now. Nothing for smaller ones.
    #[must_use]
    pub fn name(&self, told: &ToldPrint) -> Option<WhaleEvent> {
        (told.print.value >= self.settings.whale_usd_min).then(|| large(told))
    }

    fn change<T>(
        &mut self,
        place: Place,
        at: UnixMillis,
        change: impl FnOnce(&mut Hoard, &WhaleSettings) -> T,
    ) -> T {
        let hoard = self.hoards.entry(place).or_default();
        let before = hoard.newest_at();
        let done = change(hoard, &self.settings);
        let newest = before.map_or(at, |before| before.max(at));
        hoard.age(newest, &self.settings);
        if let Some(before) = before {
            self.by_age.remove(&(before, place));
        }
        self.by_age.insert((newest, place));
        if self.hoards.len() > self.settings.hoards_max
            && let Some((_, quietest)) = self.by_age.pop_first()
        {
            self.hoards.remove(&quietest);
        }
        done
    }
}

fn large(told: &ToldPrint) -> WhaleEvent {
    let print = &told.print;
    WhaleEvent {
        id: WhaleId(told.id.as_str().into()),
        kind: WhaleKind::LargePrint,
        wallet: print.wallet,
        condition: print.condition,
        token: print.token,
        side: print.side,
        entry_price: print.price,
        size: print.size,
        value: print.value,
        prints: 1,
        first_at: print.at,
        last_at: print.at,
        about: Arc::clone(&print.about),
    }
}
