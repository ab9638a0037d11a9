//! One look at the venue over REST: its lists, the books of what the settings watch, and the fees
//! that the lists leave out.

use std::collections::BTreeMap;

use actors::clock::Clock;
use anyhow::Context as _;
use domain::{ConditionId, EventGroup, FeeSchedule, FeeTerms, Frame, Market, TokenId, UnixMillis};
use engine::books::Subject as Place;
use engine::catalogue::{Catalogue, Listing as Listed, Walk};
use engine::detector::DetectorSettings;
use engine::opportunity::Subject;
use engine::universe;
use polymarket::clob::{BOOKS_PER_REQUEST_MAX, BookAnswer, ClobClient};
use polymarket::frames::TokenTable;
use polymarket::gamma::{GammaClient, ListFilter, ListState, Listing as Page};

use super::desk::Desk;
use super::findings::Names;
use super::report::{Report, Source, Tally};
use crate::commands::status_line::StatusLine;
use crate::compose::{detector_settings, market_filter};
use crate::settings::Settings;

/// Several times what the venue lists.
const MARKETS_MAX: usize = 200_000;
/// Fees asked for singly, for markets whose prices contradict each other.
const FEES_ASKED_MAX: usize = 40;

const UNREACHABLE: &str = "the venue cannot be asked; `dutchbook doctor` says what is in the way, \
                           and `dutchbook check --recording PATH` needs no network";

/// What is watched, and its books of this moment.
struct Scene {
    markets: BTreeMap<ConditionId, Market>,
    groups: Vec<EventGroup>,
    books: Vec<BookAnswer>,
    now: UnixMillis,
}

/// Asks the venue once and looks at what it says.
///
/// # Errors
/// The venue cannot be reached.
pub(super) async fn check(settings: &Settings) -> anyhow::Result<Report> {
    let http = settings.venue.client_settings()?.connect().context(UNREACHABLE)?;
    let detector = detector_settings(&settings.detector);
    let mut tally = Tally::default();
    let page = walk(&GammaClient::new(http.clone()), settings, &mut tally).await?;
    let clob = ClobClient::new(http);
    let mut scene = choose(page, settings, &mut tally);
    scene.fetch_books(&clob, &mut tally).await?;
    scene.learn_fees(&clob, &detector, &mut tally).await?;
    let mut desk = scene.desk(&detector);
    let mut each = |effect| tally.findings.take(effect, &scene);
    desk.apply(&scene.frame(&desk)?, scene.now, &mut each);
    tally.findings.end_of_books(scene.now);
    tally.ends.add(&desk.ends());
    tally.read.markets = desk.markets().len() as u64;
    tally.read.groups = desk.layout().groups().len() as u64;
    let place = settings.venue.clob_url.clone();
    Ok(tally.report(Source::Venue, place, detector.chain_costs.merge))
}

/// The venue's list of open events; as much of it as comes, if at least one page does.
async fn walk(gamma: &GammaClient, settings: &Settings, tally: &mut Tally) -> anyhow::Result<Page> {
    let collectors = &settings.collectors;
    let filter = ListFilter { state: ListState::Open, ..ListFilter::default() };
    let mut pages = gamma.events(&filter).with_page_records(collectors.page_limit as usize);
    let mut progress = StatusLine::new();
    let mut whole = Page::default();
    loop {
        if pages.pages_read() >= collectors.pages_max as usize {
            tally.note(format!(
                "The list has more than {} pages (collectors.pages_max); the rest was left out.",
                collectors.pages_max
            ));
            return Ok(whole);
        }
        match pages.next_page().await {
            Ok(Some(page)) => whole.append(page),
            Ok(None) => return Ok(whole),
            Err(error) if pages.pages_read() == 0 => return Err(error).context(UNREACHABLE),
            Err(error) => {
                tally.note(format!(
                    "The list broke off after {} pages: {error}.",
                    pages.pages_read()
                ));
                return Ok(whole);
            }
        }
        progress.say(|| format!("{} events listed", pages.records_read()));
    }
}

fn choose(page: Page, settings: &Settings, tally: &mut Tally) -> Scene {
    let now = Clock::System.now();
    tally.read.catalogue = (page.markets.len() + page.groups.len()) as u64;
    for refused in &page.refused {
        tally.read.refuse(|| format!("market {}: {}", refused.id, refused.why));
    }
    let mut catalogue = Catalogue::new(MARKETS_MAX);
    let (markets, groups) = (page.markets, page.groups);
    catalogue.sync(Listed { markets, groups, unreadable: Vec::new(), walk: Walk::Partial });
    let filter = market_filter(&settings.filter.trading);
    let chosen = universe::choose(&catalogue, &filter, settings.feed.tokens_max, now);
    if chosen.markets_left_out + chosen.groups_left_out > 0 {
        tally.note(format!(
            "{} markets and {} groups found no room within feed.tokens_max = {}.",
            chosen.markets_left_out, chosen.groups_left_out, settings.feed.tokens_max
        ));
    }
    let groups = chosen.groups.iter().filter_map(|id| catalogue.group(id));
    let groups = groups.map(|group| EventGroup::clone(group)).collect();
    let markets = chosen.markets.iter();
    let markets = markets.map(|market| (market.condition, Market::clone(market))).collect();
    Scene { markets, groups, books: Vec::new(), now }
}

impl Scene {
    async fn fetch_books(&mut self, clob: &ClobClient, tally: &mut Tally) -> anyhow::Result<()> {
        let mut progress = StatusLine::new();
        let outcomes = self.markets.values().flat_map(|market| &market.outcomes);
        let tokens: Vec<TokenId> = outcomes.map(|outcome| outcome.token).collect();
        // An even number: both books of a market come with one answer.
        for chunk in tokens.chunks(BOOKS_PER_REQUEST_MAX) {
            let answer = match clob.books(chunk).await {
                Ok(answer) => answer,
                Err(error) if self.books.is_empty() => return Err(error).context(UNREACHABLE),
                Err(error) => {
                    tally.note(format!("Some books did not come: {error}."));
                    continue;
                }
            };
            for refused in &answer.refused {
                let token = refused.token.map_or_else(String::new, |token| token.to_string());
                tally.read.refuse(|| format!("book {token}: {}", refused.why));
            }
            self.books.extend(answer.books);
            progress.say(|| format!("{} books asked for", self.books.len()));
        }
        tally.read.records = self.books.len() as u64 + tally.read.unreadable.count;
        tally.read.books = self.books.len() as u64;
        self.now = Clock::System.now();
        Ok(())
    }

    /// A fee that no list states matters only where prices contradict each other: it is asked for
    /// there, and taken as zero elsewhere, where even without a fee there is nothing to win.
    async fn learn_fees(
        &mut self,
        clob: &ClobClient,
        settings: &DetectorSettings,
        tally: &mut Tally,
    ) -> anyhow::Result<()> {
        let unknown = self.markets.values().filter(|market| market.fee == FeeSchedule::Unknown);
        let unknown: Vec<ConditionId> = unknown.map(|market| market.condition).collect();
        self.set_fees(&unknown, FeeSchedule::Known(FeeTerms::FREE));
        let mut desk = self.desk(settings);
        desk.apply(&self.frame(&desk)?, self.now, &mut |_| {});
        let candidates = desk.candidates().into_iter();
        let mut wanted: Vec<_> = candidates.flat_map(|place| conditions(&desk, place)).collect();
        wanted.sort_unstable();
        wanted.dedup();
        wanted.retain(|condition| unknown.contains(condition));
        tally.read.markets_without_fee = wanted.len() as u64;
        self.set_fees(&wanted, FeeSchedule::Unknown);
        if wanted.len() > FEES_ASKED_MAX {
            tally.note(format!(
                "{} fees would have to be asked for; only the first {FEES_ASKED_MAX} were.",
                wanted.len()
            ));
        }
        for condition in wanted.iter().take(FEES_ASKED_MAX) {
            match clob.market_info(*condition).await {
                Ok(Some(info)) => {
                    tally.read.markets_without_fee -= u64::from(info.fee != FeeSchedule::Unknown);
                    self.set_fees(&[*condition], info.fee);
                }
                Ok(None) => {}
                Err(error) => tally.note(format!("A fee could not be asked for: {error}.")),
            }
        }
        Ok(())
    }

    fn set_fees(&mut self, conditions: &[ConditionId], fee: FeeSchedule) {
        for condition in conditions {
            if let Some(market) = self.markets.get_mut(condition) {
                market.fee = fee;
            }
        }
    }

    fn desk<'a>(&self, settings: &'a DetectorSettings) -> Desk<'a> {
        Desk::new(self.markets.values().cloned().collect(), &self.groups, settings)
    }

    /// All books in one frame: every market and group is looked at once.
    fn frame(&self, desk: &Desk<'_>) -> anyhow::Result<Frame> {
        let table = TokenTable::new(desk.layout().tokens())?;
        let mut frame = Frame::default();
        for book in &self.books {
            if let Some(token) = table.lookup(book.token.to_string().as_bytes()) {
                backtest::tape::state_book(&mut frame, token, book.at, &book.bids, &book.asks);
            }
        }
        Ok(frame)
    }
}

impl Names for Scene {
    fn names(&self, subject: &Subject) -> (String, String) {
        let title = match subject {
            Subject::Market(condition) => self.markets.get(condition).map(|market| &market.title),
            Subject::Group(id) => {
                self.groups.iter().find(|group| group.id == *id).map(|group| &group.title)
            }
        };
        let name = subject.to_string();
        (title.map_or_else(|| name.clone(), |title| title.to_string()), name)
    }
}

/// The markets that a look is at.
fn conditions(desk: &Desk<'_>, place: Place) -> Vec<ConditionId> {
    let layout = desk.layout();
    let markets = match place {
        Place::Pair(market) => vec![market],
        Place::Group(group) => {
            layout.groups().get(group.get()).map_or_else(Vec::new, |plan| plan.members.clone())
        }
    };
    let plans = markets.iter().filter_map(|market| layout.markets().get(market.get()));
    plans.map(|plan| plan.condition).collect()
}
