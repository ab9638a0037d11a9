//! Runs the deciders again over what was written down.

mod books;
mod desk;
mod seats;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use domain::UnixMillis;
use engine::detector::Examiner;
use engine::opportunity::{OpenRecords, OpportunityRecord, WatchlistEffect};
use engine::strategy::{CATALOGUE, Registration};
use engine::universe::Watched;
use sessions::{Kind, Record};
use thiserror::Error;

use crate::digest::Digest;
use crate::frames::{FrameBatch, NoBatch};
use crate::known::Known;
use crate::restated::{NoBooks, RestatedBook};
use crate::scribe::words;
use crate::standing::Standing;
use crate::step::{Beginning, Decision, Fact, Setup, Step};
use books::Books;
use desk::DeskAgain;
use seats::Seats;

/// Records of opportunities that are remembered by revision; what is open is remembered besides.
const REVISIONS_KEPT: usize = 20_000;

/// Characters of a state that is shown because it differs.
const STATED_CHARS_MAX: usize = 400;

/// Why a session cannot be run again.
#[derive(Debug, Error)]
pub enum ReplayError {
    /// A step is none.
    #[error("record {number} makes no sense: {error}")]
    Step {
        /// Which record.
        number: u64,
        /// Why.
        error: serde_json::Error,
    },
    /// A batch of frames is none.
    #[error("record {number} makes no sense: {error}")]
    Frames {
        /// Which record.
        number: u64,
        /// Why.
        error: NoBatch,
    },
    /// Restated books are none.
    #[error("record {number} makes no sense: {error}")]
    Books {
        /// Which record.
        number: u64,
        /// Why.
        error: NoBooks,
    },
    /// The session does not begin with the program.
    #[error("the session begins while the program ran: what it had in mind then is not known")]
    BeginsLater,
    /// The session's oldest part is gone.
    #[error("the session's beginning was deleted: what the program had in mind is not known")]
    NoBeginning,
    /// Notes are missing.
    #[error(
        "{steps} steps found no room when they were recorded, before record {number}: what follows cannot be compared"
    )]
    Missing {
        /// How many.
        steps: u64,
        /// Before which record.
        number: u64,
    },
    /// A step names what the session does not hold.
    #[error("record {number} names {what}, of which the session says nothing")]
    Unknown {
        /// Which record.
        number: u64,
        /// What is missing.
        what: String,
    },
}

/// Something is decided otherwise than it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The record, counted from 1.
    pub record: u64,
    /// The moment of the decision.
    pub at: UnixMillis,
    /// Who decided: `detector`, a strategy's name, `desk`.
    pub who: String,
    /// What was decided then.
    pub then: Option<Decision>,
    /// What is decided now.
    pub now: Option<Decision>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let say = |decision: &Option<Decision>| match decision {
            None => "nothing".to_owned(),
            Some(Decision { digest, text, .. }) => format!("{digest} {text}"),
        };
        write!(
            f,
            "record {}, moment {}: {} decided {}; now it decides {}",
            self.record,
            self.at.0,
            self.who,
            say(&self.then),
            say(&self.now)
        )
    }
}

/// Something that is decided now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// The record, counted from 1.
    pub record: u64,
    /// The moment of the decision.
    pub at: UnixMillis,
    /// Who decided: `detector`, a strategy's name, `desk`.
    pub who: String,
    /// What.
    pub decision: Decision,
}

/// A state as it was stated and as it is now, for comparison.
fn stated<T: fmt::Debug>(then: &T, now: &T) -> (Decision, Decision) {
    let shown = |state: &T| {
        let text = format!("stood at {state:?}").chars().take(STATED_CHARS_MAX).collect();
        Decision { digest: Digest::of(state), text, what: None }
    };
    (shown(then), shown(now))
}

/// What came of one record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// What is decided now, if anything.
    pub decided: Option<Decided>,
    /// Where that is not what was decided then.
    pub difference: Option<Difference>,
}

/// What was run again so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Records.
    pub records: u64,
    /// Frames applied to books.
    pub frames: u64,
    /// Steps of a decider.
    pub steps: u64,
    /// Steps on which something was decided, and compared.
    pub decisions: u64,
    /// Of these, signals that were raised.
    pub signals: u64,
    /// Of these, inputs of the desk.
    pub desk: u64,
    /// Decisions that differ.
    pub differences: u64,
    /// The first moment.
    pub from: Option<UnixMillis>,
    /// The last moment.
    pub to: Option<UnixMillis>,
}

/// The deciders, run again.
pub struct Rerun {
    setup: Option<Setup>,
    known: Known,
    books: Books,
    examiner: Option<Examiner>,
    open: OpenRecords,
    revisions: BTreeMap<u64, Arc<OpportunityRecord>>,
    seats: Seats,
    desk: DeskAgain,
    totals: Totals,
}

impl Default for Rerun {
    fn default() -> Self {
        Self::new(CATALOGUE)
    }
}

impl Rerun {
    /// With nothing in mind, and these strategies to be seated.
    #[must_use]
    pub fn new(catalogue: &'static [Registration]) -> Self {
        Self {
            setup: None,
            known: Known::default(),
            books: Books::default(),
            examiner: None,
            open: OpenRecords::default(),
            revisions: BTreeMap::new(),
            seats: Seats::new(catalogue),
            desk: DeskAgain::default(),
            totals: Totals::default(),
        }
    }
    /// How the program was set up; known after the first record.
    #[must_use]
    pub const fn setup(&self) -> Option<&Setup> {
        self.setup.as_ref()
    }
    /// What was run again so far.
    #[must_use]
    pub const fn totals(&self) -> &Totals {
        &self.totals
    }

    /// Takes one record in, and says where something is decided otherwise. Go on after a difference
    /// only to count: what follows may differ because of it.
    ///
    /// # Errors
    /// The session cannot be run again, or not any further.
    pub fn take(&mut self, record: Record) -> Result<Taken, ReplayError> {
        self.totals.records += 1;
        let number = self.totals.records;
        let at = UnixMillis(record.received_at.0.div_euclid(1_000));
        self.totals.from.get_or_insert(at);
        self.totals.to = Some(at);
        match record.kind {
            Kind::MarketFrames => {
                let batch = FrameBatch::read(record.payload)
                    .map_err(|error| ReplayError::Frames { number, error })?;
                self.totals.frames += batch.frames.len() as u64;
                self.books.frames(record.source, &batch, at);
                Ok(Taken::default())
            }
            Kind::UserFrame | Kind::TradeFrame => Ok(Taken::default()),
            Kind::Books => {
                let then = RestatedBook::read(&record.payload)
                    .map_err(|error| ReplayError::Books { number, error })?;
                let differs = then.iter().find_map(|then| self.books.differs(then));
                Ok(differs.map_or_else(Taken::default, |now| self.compare_stated("books", now, at)))
            }
            Kind::Step => {
                let step = serde_json::from_slice(&record.payload)
                    .map_err(|error| ReplayError::Step { number, error })?;
                self.step(step, at)
            }
        }
    }

    fn step(&mut self, step: Step, at: UnixMillis) -> Result<Taken, ReplayError> {
        let number = self.totals.records;
        if self.setup.is_none() && !matches!(step, Step::Setup(_)) {
            return Err(ReplayError::NoBeginning);
        }
        match step {
            Step::Setup(setup) => {
                if setup.beginning == Beginning::Later {
                    return Err(ReplayError::BeginsLater);
                }
                self.setup = Some(setup);
                return Ok(Taken::default());
            }
            Step::Missing { steps } => return Err(ReplayError::Missing { steps, number }),
            Step::World { facts } => {
                facts.into_iter().for_each(|fact| self.learn(fact));
                return Ok(Taken::default());
            }
            _ => self.totals.steps += 1,
        }
        match step {
            Step::BooksBegan => self.books = Books::default(),
            Step::Watches { plan } => {
                let plan = self.known.plans.get(&plan).cloned();
                self.books.watch(plan.ok_or_else(|| self.unknown("a plan"))?);
            }
            Step::Lost { shard, cause } => self.books.lost(shard, cause),
            Step::Checked { books } => self.books.check(&books),
            Step::Confirmed => self.books.confirm(),
            Step::DetectorBegan { settings } => {
                self.examiner = Some(Examiner::new(*settings));
                for record in self.open.close_all(at) {
                    self.remember(record);
                }
            }
            Step::Looked { number, decided } => {
                let look = self.books.look(number).ok_or_else(|| self.unknown("a look"))?;
                let examiner = self.examiner.as_mut();
                let effects = examiner.map(|it| it.look(&look, at)).unwrap_or_default();
                return Ok(self.examined(effects, decided, at));
            }
            Step::Expired { decided } => {
                let effects = self.examiner.as_mut().map(|it| it.expire(at)).unwrap_or_default();
                return Ok(self.examined(effects, decided, at));
            }
            Step::SeatBegan { strategy, settings, stakes } => {
                if !self.seats.begin(&strategy, settings, stakes) {
                    return Err(self.unknown(&format!("a strategy called {strategy}")));
                }
            }
            Step::Sat { .. } => return self.sat(step, at),
            Step::DealerBegan { desk, limits, settings } => {
                let begun = self.desk.begin(desk, *limits, settings, at);
                begun
                    .map_err(|error| self.unknown(&format!("limits that can be used: {error}")))?;
            }
            Step::Dealt { input, signed, decided } => {
                let outcome = self.desk.deal(*input, signed, &self.known, at);
                let outcome = outcome.ok_or_else(|| self.unknown("a desk"))?;
                let now = words::outcome(&outcome);
                self.totals.desk += u64::from(now.is_some());
                return Ok(self.compare("desk", decided, now, at));
            }
            Step::Shown { number, standing } => {
                let view = self.desk.show(number, &self.known, at);
                if let Some((then, now)) = standing.zip(view.map(|view| Standing::of(&view)))
                    && *then != now
                {
                    return Ok(self.compare_stated("desk", stated(&*then, &now), at));
                }
            }
            Step::Setup(_) | Step::Missing { .. } | Step::World { .. } => {}
        }
        Ok(Taken::default())
    }

    fn sat(&mut self, step: Step, at: UnixMillis) -> Result<Taken, ReplayError> {
        let Step::Sat { strategy, occasion, view, plan, untaken, decided } = step else {
            return Ok(Taken::default());
        };
        let view = match view {
            Some(0) | None => None,
            Some(number) => Some(self.desk.view(number).ok_or_else(|| self.unknown("a view"))?),
        };
        let plan: Option<&Arc<Watched>> = plan.and_then(|plan| self.known.plans.get(&plan));
        let moment = seats::Moment::new(&self.known, at, view, plan, untaken);
        let (known, did) = self.seats.sit(&strategy, &occasion, &self.revisions, moment);
        known.map_err(|what| self.unknown(what))?;
        self.totals.signals += words::taken(&did).count() as u64;
        Ok(self.compare(strategy.as_str(), decided, words::did(&did), at))
    }

    fn examined(
        &mut self,
        effects: Vec<WatchlistEffect>,
        then: Option<Decision>,
        at: UnixMillis,
    ) -> Taken {
        let now = words::effects(&effects);
        for effect in effects {
            if let Some(record) = self.open.apply(effect) {
                self.remember(record);
            }
        }
        self.compare("detector", then, now, at)
    }
    fn remember(&mut self, record: Arc<OpportunityRecord>) {
        self.revisions.insert(record.revision, record);
        if self.revisions.len() > REVISIONS_KEPT {
            self.revisions.pop_first();
        }
    }

    fn compare(
        &mut self,
        who: &str,
        then: Option<Decision>,
        now: Option<Decision>,
        at: UnixMillis,
    ) -> Taken {
        self.totals.decisions += u64::from(then.is_some() || now.is_some());
        let (record, is_same) = (
            self.totals.records,
            then.as_ref().map(|it| it.digest) == now.as_ref().map(|it| it.digest),
        );
        let decided =
            now.clone().map(|decision| Decided { record, at, who: who.to_owned(), decision });
        if is_same {
            return Taken { decided, difference: None };
        }
        self.totals.differences += 1;
        let difference = Difference { record, at, who: who.to_owned(), then, now };
        Taken { decided, difference: Some(difference) }
    }

    /// What was stated of a state is not what it is now.
    fn compare_stated(
        &mut self,
        who: &str,
        (then, now): (Decision, Decision),
        at: UnixMillis,
    ) -> Taken {
        self.compare(who, Some(then), Some(now), at)
    }

    fn unknown(&self, what: &str) -> ReplayError {
        ReplayError::Unknown { number: self.totals.records, what: what.to_owned() }
    }

    fn learn(&mut self, fact: Fact) {
        let known = &mut self.known;
        match fact {
            Fact::Plan { number, markets, groups, shards } => {
                let markets = markets.into_iter().map(Arc::new);
                let groups = groups.into_iter().map(Arc::new);
                known.add_plan(number, Arc::new(Watched::new(markets, groups, shards)));
            }
            Fact::Market { condition, market } => {
                known.markets.insert(condition, market.map(|it| Arc::new(*it)));
            }
            Fact::Group { id, group } => {
                known.groups.insert(id, group.map(|it| Arc::new(*it)));
            }
            Fact::Live { feeds } => known.live = feeds,
            Fact::Decided { signal, decided } => known.add_decision(signal, decided),
            Fact::Touches { condition, touches } => {
                known.touches.insert(condition, touches);
            }
            Fact::Quote { token, touch } => {
                known.quotes.insert(token, touch);
            }
            Fact::TrackRecord { record } => known.track_record = record,
        }
    }
}
