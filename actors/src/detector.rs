//! Looks into the depth of what the books found contradictory at their touch.
//!
//! The examination and the list of open opportunities are plain values of `engine`. This actor
//! hands them the time, and tells the board, the publisher and the store what changed.

mod opportunity_board;

use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use engine::detector::{DetectorSettings, Examiner};
use engine::opportunity::{OpportunityRecord, WatchlistEffect};
use engine::trace::FrameTimes;
use replay::Note;

pub use opportunity_board::OpportunityBoard;

use crate::board::{Board, DetectorStatus};
use crate::clock::Clock;
use crate::messages::{LookAt, OpportunityChanged, OpportunityTraced};
use crate::recorder::Notes;
use crate::supervision::Handle;

const EXPIRY_INTERVAL: Duration = Duration::from_millis(500);

/// Whom the detector tells.
#[derive(Clone)]
pub struct DetectorOutlets {
    /// What is open, readable by everybody.
    pub opportunities: Arc<OpportunityBoard>,
    /// What the detector says about itself.
    pub board: Arc<Board>,
    /// Where it is written down what the detector took in.
    pub notes: Notes,
    /// Who is told of each change: the publisher and the store's writer.
    pub listeners: Vec<Handle<OpportunityChanged>>,
    /// Who tells its story, if somebody does.
    pub tracer: Option<Handle<OpportunityTraced>>,
}

/// The detector.
pub struct Detector {
    settings: DetectorSettings,
    clock: Clock,
    outlets: DetectorOutlets,
    examiner: Examiner,
}

impl Detector {
    /// With nothing open.
    #[must_use]
    pub fn new(settings: DetectorSettings, clock: Clock, outlets: DetectorOutlets) -> Self {
        let examiner = Examiner::new(settings.clone());
        Self { settings, clock, outlets, examiner }
    }

    fn apply(&mut self, effects: Vec<WatchlistEffect>, frame: Option<FrameTimes>) {
        for effect in effects {
            if let WatchlistEffect::Opened(watched) = &effect {
                let kind = watched.id.kind;
                let count = |status: &mut DetectorStatus| {
                    *status.found_by_kind.entry(kind).or_default() += 1;
                };
                self.outlets.board.set_detector(count);
            }
            if let Some(record) = self.outlets.opportunities.apply(effect) {
                self.tell(&record, frame);
            }
        }
        let (depth, found) = (self.examiner.depth().clone(), self.examiner.found());
        let open = self.examiner.watchlist().open().len();
        self.outlets.board.set_detector(|status| {
            status.depth = depth;
            status.found = found;
            status.open = open;
        });
    }

    fn tell(&self, record: &Arc<OpportunityRecord>, frame: Option<FrameTimes>) {
        for listener in &self.outlets.listeners {
            if let Err(error) = listener.tell(OpportunityChanged(Arc::clone(record))) {
                tracing::warn!(listener = listener.name(), %error, "an opportunity was not passed on");
            }
        }
        let traced = || OpportunityTraced { record: Arc::clone(record), frame };
        if let Some(tracer) = &self.outlets.tracer
            && tracer.tell(traced()).is_err()
        {
            tracing::debug!(opportunity = %record.id, "a part of its trace is left out");
        }
    }
}

impl Actor for Detector {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        // What an earlier incarnation had open is nobody's now; the next look opens it again.
        let now = self.clock.now();
        let settings = Box::new(self.settings.clone());
        self.outlets.notes.say(now, || Note::DetectorBegan(settings));
        for record in self.outlets.opportunities.close_all(now) {
            self.tell(&record, None);
        }
        ctx.run_interval(EXPIRY_INTERVAL, |actor, _| {
            let now = actor.clock.now();
            let effects = actor.examiner.expire(now);
            actor.outlets.notes.say(now, || Note::Expired(effects.clone()));
            actor.apply(effects, None);
        });
    }
}

impl Handler<LookAt> for Detector {
    type Result = ();
    fn handle(&mut self, LookAt { look, frame }: LookAt, _: &mut Self::Context) {
        let now = self.clock.now();
        let effects = self.examiner.look(&look, now);
        let number = look.number;
        self.outlets.notes.say(now, || Note::Looked { number, effects: effects.clone() });
        self.apply(effects, frame);
    }
}
