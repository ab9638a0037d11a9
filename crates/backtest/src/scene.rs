//! The market side: books, looks and opportunities, the same for every bound.
//!
//! Nothing that we do changes a recording, so one scene serves all machines.

mod naive;

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{
    Book, ConditionId, DurationMillis, Event, EventGroup, Frame, GroupId, Market, TokenId,
    TokenIndex, Touch, UnixMillis,
};
use engine::books::{MarketIndex, StaleCause};
use engine::desk::Quotes;
use engine::detector::{DetectorSettings, Examiner};
use engine::funnel::{Funnel, Reason};
use engine::opportunity::{OpenRecords, OpportunityRecord, WatchlistEffect};
use engine::screen::Screen;
use engine::universe::Watched;

use crate::tape::{Choice, Step, Told};
use naive::Naive;
pub use naive::NaiveCounts;

/// Open opportunities are looked at again so often, as in the service.
const CONFIRM: DurationMillis = DurationMillis(1_000);

/// What changed, in order.
pub type Changes = Vec<Arc<OpportunityRecord>>;

/// Books, looks and opportunities.
pub struct Scene {
    screen: Screen,
    examiner: Examiner,
    records: OpenRecords,
    markets: BTreeMap<ConditionId, Arc<Market>>,
    groups: BTreeMap<GroupId, Arc<EventGroup>>,
    places: BTreeMap<TokenId, TokenIndex>,
    /// Which files tell of a token, by its place.
    tellers: Vec<Vec<usize>>,
    /// When each file last said something; `None` in a gap and where it is over.
    heard: Vec<Option<UnixMillis>>,
    /// How the looks ended that the screen passed on, one end a look.
    ends: Funnel,
    naive: Naive,
    ticked_at: UnixMillis,
}

impl Scene {
    /// All books wait for their first statement.
    #[must_use]
    pub fn new(plan: Arc<Watched>, choice: &Choice, settings: DetectorSettings) -> Self {
        let layout = Screen::layout_of(&plan);
        let places: BTreeMap<TokenId, TokenIndex> =
            (0..).map(TokenIndex).zip(layout.tokens()).map(|(at, token)| (*token, at)).collect();
        let mut tellers = vec![Vec::new(); layout.tokens().len()];
        for file in choice.files() {
            for place in file.tokens.iter().filter_map(|token| places.get(token)) {
                if let Some(of) = tellers.get_mut(place.get()) {
                    of.push(file.number);
                }
            }
        }
        let markets = plan.markets().into_iter().map(|it| (it.condition, Arc::new(it))).collect();
        let groups = plan.groups().into_iter().map(|it| (it.id.clone(), Arc::new(it))).collect();
        let naive = Naive::new(layout.markets().len());
        let mut screen = Screen::default();
        screen.rebuild(plan, layout);
        Self {
            screen,
            examiner: Examiner::new(settings),
            records: OpenRecords::default(),
            markets,
            groups,
            places,
            tellers,
            heard: vec![None; choice.files().len()],
            ends: Funnel::default(),
            naive,
            ticked_at: UnixMillis(i64::MIN),
        }
    }

    /// When open opportunities are looked at again; `None` while none is open.
    #[must_use]
    pub fn next_at(&self) -> Option<UnixMillis> {
        (self.examiner.watchlist().open().len() > 0).then(|| grid_after(self.ticked_at, CONFIRM))
    }
    /// A second has passed.
    pub fn tick(&mut self, now: UnixMillis, changes: &mut Changes) {
        self.ticked_at = self.ticked_at.max(now);
        self.screen.confirm();
        self.look(now, changes);
        let expired = self.examiner.expire(now);
        self.keep(expired, changes);
    }
    /// Takes in one step.
    pub fn take(&mut self, told: &Told<'_>, changes: &mut Changes) {
        let Told { at, file, step } = *told;
        if self.examiner.watchlist().open().len() == 0 {
            self.ticked_at = at;
        }
        let mut heard = Some(at);
        match step {
            Step::Frame(frame) => {
                self.screen.apply(frame, at);
                self.naive.note(frame, self.screen.shelf());
            }
            Step::Unread(tokens) => self.screen.frames_lost(tokens),
            Step::Gap(tokens) => {
                self.screen.lost(tokens, StaleCause::Silent);
                heard = None;
            }
            Step::End(tokens) => {
                self.screen.lost(tokens, StaleCause::Disconnected);
                heard = None;
            }
            Step::Resolved { .. } => heard = None,
        }
        if let Some(of) = self.heard.get_mut(file) {
            *of = heard;
        }
        self.look(at, changes);
    }

    fn look(&mut self, now: UnixMillis, changes: &mut Changes) {
        // Nobody can be asked to state a book of the past again.
        drop(self.screen.take_resyncs());
        while let Some(look) = self.screen.next_look() {
            let passed = look.views.is_ok();
            let before = self.examiner.depth().clone();
            let effects = self.examiner.look(&look, now);
            if passed {
                self.ends.record(end(&before, self.examiner.depth()));
            }
            self.keep(effects, changes);
        }
    }
    fn keep(&mut self, effects: Vec<WatchlistEffect>, changes: &mut Changes) {
        changes.extend(effects.into_iter().filter_map(|effect| self.records.apply(effect)));
    }

    /// How the looks ended: at the touch, and of those that passed it in the depth.
    pub fn ends(&self) -> (&Funnel, &Funnel) {
        (self.screen.shelf().funnel(), &self.ends)
    }
    /// What a program would have reported that believes every book at every moment.
    #[must_use]
    pub const fn naive(&self) -> NaiveCounts {
        self.naive.counts()
    }
    /// What is open.
    #[must_use]
    pub const fn records(&self) -> &OpenRecords {
        &self.records
    }
    /// Opportunities that found no room among the open ones.
    #[must_use]
    pub const fn refused(&self) -> u64 {
        self.examiner.watchlist().refused()
    }
    /// A market.
    #[must_use]
    pub fn market(&self, condition: &ConditionId) -> Option<&Arc<Market>> {
        self.markets.get(condition)
    }
    /// A group.
    #[must_use]
    pub fn group(&self, id: &GroupId) -> Option<&Arc<EventGroup>> {
        self.groups.get(id)
    }
    /// The token at a place.
    #[must_use]
    pub fn token(&self, place: TokenIndex) -> Option<TokenId> {
        self.screen.shelf().layout().tokens().get(place.get()).copied()
    }
    /// Where a token has its place.
    #[must_use]
    pub fn place(&self, token: TokenId) -> Option<TokenIndex> {
        self.places.get(&token).copied()
    }
    /// A book that may be believed.
    #[must_use]
    pub fn book(&self, token: TokenId) -> Option<&Book> {
        let book = self.screen.shelf().book(*self.places.get(&token)?)?;
        book.trusted().ok().map(|_| book.untrusted())
    }
    /// When a token's file last said something; `None` in a gap and where it is over.
    #[must_use]
    pub fn vouched_at(&self, token: TokenId) -> Option<UnixMillis> {
        let tellers = self.tellers.get(self.places.get(&token)?.get())?;
        tellers.iter().filter_map(|file| *self.heard.get(*file)?).max()
    }
    /// The last known prices, believed or not: what a position is marked at.
    #[must_use]
    pub const fn marks(&self) -> Marks<'_> {
        Marks(self)
    }
}

/// The best prices of books that may be believed.
impl Quotes for Scene {
    fn touch(&self, token: TokenId) -> Touch {
        self.book(token).map(Book::touch).unwrap_or_default()
    }
}

/// The last known prices.
#[derive(Clone, Copy)]
pub struct Marks<'a>(&'a Scene);

impl Quotes for Marks<'_> {
    fn touch(&self, token: TokenId) -> Touch {
        let Self(scene) = self;
        let book = scene.places.get(&token).and_then(|at| scene.screen.shelf().book(*at));
        book.map(|book| book.untrusted().touch()).unwrap_or_default()
    }
}

/// The first moment after `at` on a grid.
#[must_use]
pub(crate) const fn grid_after(at: UnixMillis, grid: DurationMillis) -> UnixMillis {
    UnixMillis(at.0.div_euclid(grid.0).saturating_add(1).saturating_mul(grid.0))
}

/// The tokens that a frame speaks of.
pub(crate) fn tokens_of(frame: &Frame) -> impl Iterator<Item = TokenIndex> + '_ {
    frame.events.iter().flat_map(|event| {
        let (one, many) = match event {
            Event::Book(book) => (Some(book.token), &[][..]),
            Event::TickSizeChange { token, .. } => (Some(*token), &[][..]),
            Event::Changes { entries, .. } => (None, frame.changes_in(entries)),
            Event::LastTrade { .. }
            | Event::BestBidAsk { .. }
            | Event::NewMarket { .. }
            | Event::Resolved { .. } => (None, &[][..]),
        };
        one.into_iter().chain(many.iter().map(|change| change.token))
    })
}

/// How one look ended, from the counts before and after it: it found something, or the trade that
/// came furthest ended for this reason.
fn end(before: &Funnel, after: &Funnel) -> Result<(), Reason> {
    if after.passed() > before.passed() {
        return Ok(());
    }
    let counts = before.reasons().zip(after.reasons());
    let missed = counts.filter(|((_, before), (_, after))| after > before);
    Err(missed.map(|((reason, _), _)| reason).max().unwrap_or(Reason::NoEdge))
}

/// The market of a token.
pub(crate) const fn market_of(token: TokenIndex) -> MarketIndex {
    MarketIndex::of(token)
}
