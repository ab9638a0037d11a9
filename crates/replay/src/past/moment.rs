//! One moment, and one decision with all that surrounded it.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{DurationMillis, EventGroup, Market, TokenId, UnixMillis};
use engine::desk::Input;
use engine::opportunity::Subject;
use engine::universe::Watched;
use sessions::Kind;

use super::stage::{FrameThen, LadderThen, Stage};
use super::{Feeds, Link, Past, PastError};
use crate::exhibit::Exhibit;
use crate::frames::FrameBatch;
use crate::index::{Row, decided, moment_of};
use crate::restated::RestatedBook;
use crate::standing::Standing;
use crate::step::Step;

/// Books that are shown of one moment.
const LADDERS_MAX: usize = 64;
/// Decisions that are read in search of the books that one is about.
const SEARCHED_MAX: usize = 4;
/// Moments of several threads are not quite in order: so much behind one the stretch ends.
const DISORDER: DurationMillis = DurationMillis(1_000);

/// How everything stood at a moment.
#[derive(Clone, Debug)]
pub struct MomentThen {
    /// The moment.
    pub at: UnixMillis,
    /// The last record that belongs to it.
    pub record: u64,
    /// The books that were asked for.
    pub ladders: Vec<LadderThen>,
    /// When each feed last brought something, as far back as was read.
    pub feeds: Feeds,
    /// How the desk stood when that was last stated.
    pub standing: Option<Standing>,
    /// What was watched.
    pub plan: Arc<Watched>,
    /// The last decision before it, and the first one behind it.
    pub beside: [Option<Row>; 2],
}

/// A decision with all that surrounded it.
#[derive(Clone, Debug)]
pub struct DecisionThen {
    /// Its line.
    pub row: Row,
    /// What it is whole.
    pub exhibit: Option<Exhibit>,
    /// The view of the desk that a strategy read.
    pub view: Option<u64>,
    /// What led to it.
    pub causes: Vec<Link>,
    /// What it led to.
    pub effects: Vec<Link>,
    /// How everything stood.
    pub moment: MomentThen,
}

/// Of which place the books are wanted.
pub type Place = Subject;

/// Where a stretch ends.
#[derive(Clone, Copy)]
enum End {
    /// With that record.
    Record(u64),
    /// With the last record of that moment.
    Moment,
}

impl Past<'_> {
    /// How everything stood at a moment, with the books of a market or group.
    ///
    /// # Errors
    /// The session is damaged, or the file system refuses.
    pub fn moment(&self, at: UnixMillis, place: Option<&Place>) -> Result<MomentThen, PastError> {
        let at = at.max(self.from).min(self.to);
        // A plan may begin in the middle of the block: what was watched by its end is taken.
        let mut blocks = self.segments.iter().flat_map(|it| &it.index.blocks);
        let behind = blocks.find(|block| block.at > at).map(|block| block.record.saturating_sub(1));
        let plan = self.plan(behind.unwrap_or(u64::MAX))?;
        let tokens = place.map(|place| tokens_of(place, &plan)).unwrap_or_default();
        self.at(at, End::Moment, tokens, plan)
    }

    /// A decision with all that surrounded it.
    ///
    /// # Errors
    /// There is none on that record, the session is damaged, or the file system refuses.
    pub fn decision(&self, record: u64) -> Result<DecisionThen, PastError> {
        let row = self.row(record)?.clone();
        let step = self.step(record)?;
        let (causes, effects) = (self.causes(&row), self.effects(&row));
        let exhibit = decided(&step).and_then(|(_, decision)| decision.what.as_deref().cloned());
        let plan = self.plan(record)?;
        let tokens = self.looked_at(&row, &step, exhibit.as_ref(), &causes, &plan)?;
        let moment = self.at(row.at, End::Record(record), tokens, plan)?;
        let view = match step {
            Step::Sat { view, .. } => view.filter(|view| *view > 0),
            _ => None,
        };
        Ok(DecisionThen { row, exhibit, view, causes, effects, moment })
    }

    /// The tokens that a decision is about: those that it names, or those that led to it.
    fn looked_at(
        &self,
        row: &Row,
        step: &Step,
        exhibit: Option<&Exhibit>,
        causes: &[Link],
        plan: &Watched,
    ) -> Result<BTreeMap<TokenId, Option<UnixMillis>>, PastError> {
        let mut tokens = exhibit.map(Exhibit::tokens).unwrap_or_default();
        if let Step::Dealt { input, .. } = step {
            match &**input {
                Input::Raise { signal, .. } => {
                    tokens.extend(signal.orders().map(|order| (order.terms.token, None)));
                }
                Input::Traded(sight) => {
                    tokens.insert(sight.token, None);
                }
                _ => {}
            }
        }
        for cause in causes.iter().rev().take(SEARCHED_MAX) {
            if !tokens.is_empty() {
                break;
            }
            if let Some(exhibit) = self.exhibit(cause.row.record)? {
                // A later decision is not about the very state that an earlier one looked at.
                tokens.extend(exhibit.tokens().into_keys().map(|token| (token, None)));
            }
        }
        if tokens.is_empty() {
            for place in &row.places {
                tokens.extend(tokens_of(place, plan));
            }
        }
        Ok(tokens)
    }

    /// Reads the stretch before a moment.
    fn at(
        &self,
        at: UnixMillis,
        end: End,
        mut tokens: BTreeMap<TokenId, Option<UnixMillis>>,
        plan: Arc<Watched>,
    ) -> Result<MomentThen, PastError> {
        while tokens.len() > LADDERS_MAX {
            tokens.pop_last();
        }
        let mut stage = Stage::new(&tokens, &plan);
        let (mut feeds, mut standing, mut last) = (Feeds::new(), None, 0);
        let until = match end {
            End::Record(record) => record,
            End::Moment => u64::MAX,
        };
        for record in self.window(at, until)?.into_iter().flatten() {
            let (number, record) = record?;
            let received = moment_of(&record);
            if number > until || received > at.plus(DISORDER) {
                break;
            }
            if matches!(end, End::Moment) && received > at {
                continue;
            }
            last = number;
            let senseless = |why: String| PastError::Senseless { number, why };
            match record.kind {
                Kind::MarketFrames => {
                    let shard = record.source;
                    feeds.insert(shard, received);
                    let batch = FrameBatch::read(record.payload);
                    let batch = batch.map_err(|error| senseless(error.to_string()))?;
                    stage.frames(FrameThen { record: number, at: received, shard }, &batch);
                }
                Kind::Books => {
                    let books = RestatedBook::read(&record.payload);
                    stage.restate(books.map_err(|error| senseless(error.to_string()))?);
                }
                Kind::Step if tells_state(&record.payload) => {
                    let step = serde_json::from_slice(&record.payload);
                    match step.map_err(|error| senseless(error.to_string()))? {
                        Step::Shown { standing: Some(then), .. } => standing = Some(*then),
                        Step::Lost { shard, cause } => stage.lost(shard, cause),
                        _ => {}
                    }
                }
                Kind::Step | Kind::UserFrame | Kind::TradeFrame => {}
            }
        }
        let before = self.rows().rev().find(|row| row.record <= last && row.at <= at).cloned();
        let behind = self.rows().find(|row| row.record > last && row.at >= at).cloned();
        let ladders = stage.ladders();
        Ok(MomentThen {
            at,
            record: last,
            ladders,
            feeds,
            standing,
            plan,
            beside: [before, behind],
        })
    }
}

/// Whether a step says how the desk stood or that a feed was lost; most do not, and are not read.
fn tells_state(payload: &[u8]) -> bool {
    const STANDING: &[u8] = b"\"standing\":{";
    payload.starts_with(b"{\"lost\"")
        || (payload.starts_with(b"{\"shown\"")
            && payload
                .get(..64.min(payload.len()))
                .is_some_and(|head| head.windows(STANDING.len()).any(|part| part == STANDING)))
}

/// Both tokens of a market; of a group the first of each market.
fn tokens_of(place: &Place, plan: &Watched) -> BTreeMap<TokenId, Option<UnixMillis>> {
    let both = |market: Arc<Market>| [market.yes().token, market.no().token];
    let first = |group: Arc<EventGroup>| {
        let markets = group.markets.iter().filter_map(|id| plan.market(id));
        markets.map(|market| market.yes().token).collect::<Vec<_>>()
    };
    let tokens: Vec<TokenId> = match place {
        Subject::Market(id) => plan.market(id).map(both).into_iter().flatten().collect(),
        Subject::Group(id) => plan.group(id).map(first).unwrap_or_default(),
    };
    tokens.into_iter().map(|token| (token, None)).collect()
}
