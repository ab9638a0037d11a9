//! Turns notes into the records of a session.

pub(crate) mod words;

use std::sync::Arc;

use domain::{DurationMillis, UnixMicros, UnixMillis};
use engine::opportunity::WatchlistEffect;
use engine::universe::Watched;
use sessions::{Kind, Record};

use crate::exhibit::Exhibit;
use crate::frames::FrameBatch;
use crate::known::Known;
use crate::note::{Cause, Dealt, Note, Reads, Sat, Socket, Stepped};
use crate::restated::RestatedBook;
use crate::standing::Standing;
use crate::step::{Decision, Fact, Occasion, Signature, Step, untaken};

/// How often the desk is stated whole.
const STANDING_INTERVAL: DurationMillis = DurationMillis(10_000);

/// Writes down what is new.
#[derive(Debug, Default)]
pub struct Scribe {
    known: Known,
    plans: u64,
    /// When the desk was last stated whole.
    stood_at: Option<UnixMillis>,
}

/// A step cannot be written as text: a bug of ours.
pub type Unwritable = serde_json::Error;

impl Scribe {
    /// Appends the records of one note.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&mut self, stepped: Stepped, into: &mut Vec<Record>) -> Result<(), Unwritable> {
        let Stepped { at, note } = stepped;
        let mut facts = Vec::new();
        let step = match note {
            Note::Frames { shard, missing, frames, stated_at } => {
                let payload = FrameBatch { missing, frames }.payload();
                let kind = Kind::MarketFrames;
                into.push(Record {
                    stated_at: stated_at.map(micros),
                    ..record(kind, shard, at, payload)
                });
                return Ok(());
            }
            Note::Heard { socket, frame } => {
                let kind = match socket {
                    Socket::User => Kind::UserFrame,
                    Socket::Trades => Kind::TradeFrame,
                };
                into.push(record(kind, 0, at, frame.to_vec()));
                return Ok(());
            }
            Note::Setup(setup) => Step::Setup(setup),
            Note::BooksBegan => Step::BooksBegan,
            Note::Watches(plan) => Step::Watches { plan: self.plan(&plan, &mut facts) },
            Note::Lost { shard, cause } => Step::Lost { shard, cause },
            Note::Checked(books) => Step::Checked { books },
            Note::Confirmed => Step::Confirmed,
            Note::Restated(books) => {
                into.push(record(Kind::Books, 0, at, RestatedBook::payload(&books)));
                return Ok(());
            }
            Note::DetectorBegan(settings) => Step::DetectorBegan { settings },
            Note::Looked { number, effects } => {
                Step::Looked { number, decided: detected(&effects) }
            }
            Note::Expired(effects) => Step::Expired { decided: detected(&effects) },
            Note::SeatBegan { strategy, settings, stakes } => {
                Step::SeatBegan { strategy, settings, stakes }
            }
            Note::Sat(sat) => self.sat(*sat, &mut facts),
            Note::DealerBegan { desk, limits, settings } => {
                Step::DealerBegan { desk, limits, settings }
            }
            Note::Dealt(dealt) => self.dealt(*dealt, &mut facts),
            Note::Shown { number, quotes, view } => {
                self.quotes(quotes, &mut facts);
                let stood = |before: UnixMillis| at.since(before) < STANDING_INTERVAL;
                let standing = (!self.stood_at.is_some_and(stood)).then(|| {
                    self.stood_at = Some(at);
                    Box::new(Standing::of(&view))
                });
                Step::Shown { number, standing }
            }
            Note::Missing(steps) => Step::Missing { steps },
        };
        if !facts.is_empty() {
            into.push(text(&Step::World { facts }, at)?);
        }
        into.push(text(&step, at)?);
        Ok(())
    }

    /// The number of a plan, which is written down where it is new.
    fn plan(&mut self, plan: &Arc<Watched>, facts: &mut Vec<Fact>) -> u64 {
        let known = self.known.plans.iter().find(|(_, known)| Arc::ptr_eq(known, plan));
        if let Some((number, _)) = known {
            return *number;
        }
        self.plans += 1;
        let number = self.plans;
        self.known.add_plan(number, Arc::clone(plan));
        let (markets, groups, shards) = (plan.markets(), plan.groups(), plan.shards.clone());
        facts.push(Fact::Plan { number, markets, groups, shards });
        number
    }

    fn sat(&mut self, sat: Sat, facts: &mut Vec<Fact>) -> Step {
        let Sat { strategy, occasion, reads, did } = sat;
        let decided = shown(words::did(&did), || Exhibit::strategy(&occasion, &reads, &did));
        let occasion = match occasion {
            Cause::Began(open) => {
                Occasion::Began { open: open.iter().map(|record| record.revision).collect() }
            }
            Cause::Turn => Occasion::Turn,
            Cause::Changed(record) => Occasion::Changed { revision: record.revision },
            Cause::ByHand(record) => Occasion::ByHand { revision: record.revision },
            Cause::Heard(forecast) => Occasion::Heard { forecast: Box::new((*forecast).clone()) },
        };
        let view = reads.view.map(Option::unwrap_or_default);
        let plan = reads.watched.as_ref().map(|plan| self.plan(plan, facts));
        self.reads(reads, facts);
        Step::Sat { strategy, occasion, view, plan, untaken: untaken(words::taken(&did)), decided }
    }

    fn reads(&mut self, reads: Reads, facts: &mut Vec<Fact>) {
        let known = &mut self.known;
        if let Some(feeds) = reads.live.filter(|live| *live != known.live) {
            known.live.clone_from(&feeds);
            facts.push(Fact::Live { feeds });
        }
        for (condition, market) in reads.markets {
            let before = known.markets.get(&condition);
            if before.is_none_or(|before| is_other(before, &market)) {
                known.markets.insert(condition, market.clone());
                let market = market.map(|market| Box::new((*market).clone()));
                facts.push(Fact::Market { condition, market });
            }
        }
        for (id, group) in reads.groups {
            let before = known.groups.get(&id);
            if before.is_none_or(|before| is_other(before, &group)) {
                known.groups.insert(id.clone(), group.clone());
                let group = group.map(|group| Box::new((*group).clone()));
                facts.push(Fact::Group { id, group });
            }
        }
        for (signal, decided) in reads.decisions {
            if known.decisions.get(&signal).copied().flatten() != decided {
                known.add_decision(signal.clone(), decided);
                facts.push(Fact::Decided { signal, decided });
            }
        }
        for (condition, touches) in reads.touches {
            if known.touches.get(&condition).copied().unwrap_or_default() != touches {
                known.touches.insert(condition, touches);
                facts.push(Fact::Touches { condition, touches });
            }
        }
        if let Some(record) = reads.track_record.filter(|record| *record != known.track_record) {
            known.track_record = record;
            facts.push(Fact::TrackRecord { record });
        }
    }

    fn quotes(
        &mut self,
        quotes: impl IntoIterator<Item = (domain::TokenId, domain::Touch)>,
        facts: &mut Vec<Fact>,
    ) {
        for (token, touch) in quotes {
            if self.known.quotes.get(&token).copied().unwrap_or_default() != touch {
                self.known.quotes.insert(token, touch);
                facts.push(Fact::Quote { token, touch });
            }
        }
    }

    fn dealt(&mut self, dealt: Dealt, facts: &mut Vec<Fact>) -> Step {
        let Dealt { input, quotes, signed, outcome } = dealt;
        let decided = shown(words::outcome(&outcome), || Exhibit::desk(&outcome, &quotes));
        self.quotes(quotes, facts);
        let signed = signed.into_iter().map(|(number, answer)| {
            let answer = answer.map(|signed| (signed.id, signed.body));
            Signature { number, answer }
        });
        Step::Dealt { input: Box::new(input), signed: signed.collect(), decided }
    }
}

/// What the detector changed, whole.
fn detected(effects: &[WatchlistEffect]) -> Option<Decision> {
    shown(words::effects(effects), || Exhibit::detector(effects))
}

fn shown(decided: Option<Decision>, what: impl FnOnce() -> Exhibit) -> Option<Decision> {
    decided.map(|decision| Decision { what: Some(Box::new(what())), ..decision })
}

/// Two readings of one thing: what is the same value in memory needs no comparison.
fn is_other<T: PartialEq>(before: &Option<Arc<T>>, now: &Option<Arc<T>>) -> bool {
    match (before, now) {
        (Some(before), Some(now)) => !Arc::ptr_eq(before, now) && before != now,
        (None, None) => false,
        _ => true,
    }
}

const fn micros(at: UnixMillis) -> UnixMicros {
    UnixMicros(at.micros())
}

fn record(kind: Kind, source: u16, at: UnixMillis, payload: Vec<u8>) -> Record {
    Record { kind, source, received_at: micros(at), stated_at: None, payload }
}

fn text(step: &Step, at: UnixMillis) -> Result<Record, Unwritable> {
    Ok(record(Kind::Step, 0, at, serde_json::to_vec(step)?))
}
