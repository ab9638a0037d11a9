//! The service's books and detector without its actors: frames in, findings out.

use std::collections::BTreeMap;

use domain::{ConditionId, EventGroup, Frame, GroupId, Market, TokenIndex, UnixMillis};
use engine::books::{
    Distrust, GroupIndex, Layout, MarketIndex, ScreenEffect, Shelf, Subject as Place,
};
use engine::detector::{DetectorSettings, GroupView, PairView, examine_group, examine_pair};
use engine::funnel::{Funnel, Reason};
use engine::opportunity::{Examination, OpportunityKind, Subject, Watchlist, WatchlistEffect};

/// Opportunities that may be open at once, as in the service.
const OPEN_MAX: usize = 2_000;

/// How looks ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ends {
    /// Looks that found something.
    pub(super) found: u64,
    /// Looks that did not.
    pub(super) missed: BTreeMap<Reason, u64>,
}

impl Ends {
    pub(super) fn add(&mut self, other: &Self) {
        self.found += other.found;
        for (reason, count) in &other.missed {
            *self.missed.entry(*reason).or_default() += count;
        }
    }
    pub(super) fn looks(&self) -> u64 {
        self.found + self.missed.values().sum::<u64>()
    }
}

/// Everything that looks at one set of markets.
pub(super) struct Desk<'a> {
    settings: &'a DetectorSettings,
    /// In the order of the layout.
    markets: Vec<Market>,
    groups: Vec<EventGroup>,
    shelf: Shelf,
    watchlist: Watchlist,
    /// How the looks ended that passed the screen, one end a look.
    depth: Funnel,
    effects: Vec<ScreenEffect>,
}

impl<'a> Desk<'a> {
    /// All books wait for their first statement.
    pub(super) fn new(
        markets: Vec<Market>,
        groups: &[EventGroup],
        settings: &'a DetectorSettings,
    ) -> Self {
        let layout = Layout::new(&markets, groups);
        let mut listed: BTreeMap<ConditionId, Market> = BTreeMap::new();
        for market in markets {
            listed.entry(market.condition).or_insert(market);
        }
        let plans = layout.markets().iter();
        let markets = plans.filter_map(|plan| listed.remove(&plan.condition)).collect();
        let plans = layout.groups().iter();
        let group =
            |id: &GroupId| groups.iter().find(|group| group.neg_risk && group.id == *id).cloned();
        let groups = plans.filter_map(|plan| group(&plan.id)).collect();
        Self {
            settings,
            markets,
            groups,
            shelf: Shelf::new(layout),
            watchlist: Watchlist::new(OPEN_MAX),
            depth: Funnel::default(),
            effects: Vec::new(),
        }
    }

    pub(super) const fn layout(&self) -> &Layout {
        self.shelf.layout()
    }
    /// The markets whose books are looked at.
    pub(super) fn markets(&self) -> &[Market] {
        &self.markets
    }
    /// How many opportunities found no room among the open ones.
    pub(super) const fn refused(&self) -> u64 {
        self.watchlist.refused()
    }

    /// Takes in one frame of the moment `now`, and looks where it contradicts.
    pub(super) fn apply(
        &mut self,
        frame: &Frame,
        now: UnixMillis,
        each: &mut dyn FnMut(WatchlistEffect),
    ) {
        self.shelf.apply(frame, now, &mut self.effects);
        self.look(now, each);
    }
    /// Takes in that a frame which named these tokens could not be read.
    pub(super) fn lose(
        &mut self,
        tokens: &[TokenIndex],
        now: UnixMillis,
        each: &mut dyn FnMut(WatchlistEffect),
    ) {
        self.shelf.frames_lost(tokens, &mut self.effects);
        self.look(now, each);
    }

    /// How every look ended: under the screen's reason, or where it passed the screen under the
    /// detector's.
    pub(super) fn ends(&self) -> Ends {
        let mut ends = Ends { found: self.depth.passed(), ..Ends::default() };
        for (reason, count) in self.shelf.funnel().reasons().chain(self.depth.reasons()) {
            *ends.missed.entry(reason).or_default() += count;
        }
        ends
    }
    /// Markets and groups whose best prices contradict each other now.
    pub(super) fn candidates(&self) -> Vec<Place> {
        let layout = self.shelf.layout();
        let pairs = (0..layout.markets().len()).map(|at| Place::Pair(MarketIndex(at as u32)));
        let groups = (0..layout.groups().len()).map(|at| Place::Group(GroupIndex(at as u32)));
        pairs.chain(groups).filter(|place| self.shelf.why(*place).is_ok()).collect()
    }

    fn look(&mut self, now: UnixMillis, each: &mut dyn FnMut(WatchlistEffect)) {
        let mut effects = std::mem::take(&mut self.effects);
        for effect in effects.drain(..) {
            match effect {
                ScreenEffect::Candidate(place) => self.examine(place, now, each),
                ScreenEffect::Over(place) => self.end(place, now, each),
                // Nobody can be asked for another statement of the past.
                ScreenEffect::Resync(_) => {}
            }
        }
        self.effects = effects;
    }

    fn examine(&mut self, place: Place, now: UnixMillis, each: &mut dyn FnMut(WatchlistEffect)) {
        let Some(subject) = self.subject(place) else {
            return self.depth.record(Err(Reason::Incomplete));
        };
        let looked = match place {
            Place::Pair(market) => self.examine_pair(market, now),
            Place::Group(group) => self.examine_group(group, now),
        };
        let examination = looked.unwrap_or_else(|reason| missed(&subject, reason));
        self.depth.record(outcome(&examination));
        self.watchlist.observe(&subject, examination, now).into_iter().for_each(each);
    }

    fn examine_pair(&self, market: MarketIndex, now: UnixMillis) -> Result<Examination, Reason> {
        let books = self.shelf.pair_snapshot(market)?;
        let market = self.markets.get(market.get()).ok_or(Reason::Incomplete)?;
        let (yes, no) = (Ok(books.yes.view()), Ok(books.no.view()));
        Ok(examine_pair(&PairView { market, yes, no }, self.settings, now))
    }

    fn examine_group(&self, group: GroupIndex, now: UnixMillis) -> Result<Examination, Reason> {
        let books = self.shelf.group_snapshot(group)?;
        let group = self.groups.get(group.get()).ok_or(Reason::Incomplete)?;
        let members = books.members.iter().map(|member| {
            let market = self.markets.get(member.market.get()).ok_or(Reason::Incomplete)?;
            let no = self.shelf.book(member.market.no()).ok_or(Distrust::Waiting);
            let no = no.and_then(|book| book.trusted());
            Ok(PairView { market, yes: Ok(member.yes.view()), no })
        });
        let members = members.collect::<Result<Vec<_>, Reason>>()?;
        Ok(examine_group(&GroupView { group, members: &members }, self.settings, now))
    }

    fn end(&mut self, place: Place, now: UnixMillis, each: &mut dyn FnMut(WatchlistEffect)) {
        let (Some(subject), Err(reason)) = (self.subject(place), self.shelf.why(place)) else {
            return;
        };
        let effects = match reason {
            Reason::Suspect | Reason::Stale | Reason::Waiting => {
                self.watchlist.distrust(&subject, now)
            }
            reason => self.watchlist.observe(&subject, missed(&subject, reason), now),
        };
        effects.into_iter().for_each(each);
    }

    fn subject(&self, place: Place) -> Option<Subject> {
        match place {
            Place::Pair(market) => {
                self.markets.get(market.get()).map(|market| Subject::Market(market.condition))
            }
            Place::Group(group) => {
                self.groups.get(group.get()).map(|group| Subject::Group(group.id.clone()))
            }
        }
    }
}

/// One end for the whole look: found, or the reason that stopped the trade which came furthest.
fn outcome(examination: &Examination) -> Result<(), Reason> {
    if !examination.found().is_empty() {
        return Ok(());
    }
    Err(examination.missed().map(|(_, reason)| reason).max().unwrap_or(Reason::NoEdge))
}

fn missed(subject: &Subject, reason: Reason) -> Examination {
    let kinds = match subject {
        Subject::Market(_) => &OpportunityKind::OF_MARKET[..],
        Subject::Group(_) => &OpportunityKind::OF_GROUP[..],
    };
    let mut examination = Examination::new();
    for kind in kinds {
        examination.record(*kind, Err(reason));
    }
    examination
}
