//! A whole backtest: one tape, one scene, a machine for every bound.

use std::path::PathBuf;
use std::sync::Arc;

use domain::{DurationMillis, UnixMillis};
use engine::detector::DetectorSettings;
use engine::screen::Screen;
use engine::universe::Watched;
use polymarket::frames::DuplicateToken;
use polymarket::recordings::RecordingError;
use thiserror::Error;

use crate::bounds::Bound;
use crate::fees::Fees;
use crate::machine::{Machine, MachineError, Terms};
use crate::report::{Findings, Report};
use crate::scene::{Changes, Scene};
use crate::tape::{Cast, Choice, Reading, Tape, TapeSettings};

/// After the last word of the tape trades settle for so long; nothing new is found any more.
const EPILOGUE: DurationMillis = DurationMillis(900_000);

/// What is to be played, and with what.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Files and folders.
    pub paths: Vec<PathBuf>,
    /// Which part of them.
    pub tape: TapeSettings,
    /// Which fees are charged.
    pub fees: Fees,
    /// What the detector looks for.
    pub detector: DetectorSettings,
    /// What trading begins with.
    pub terms: Terms,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The first reading, which learns what there is.
    Surveying(Reading),
    /// The second, which plays it.
    Playing {
        /// Records that state books and are played, of all files.
        records: u64,
        /// Steps played.
        steps: u64,
    },
}

/// A backtest cannot be made.
#[derive(Debug, Error)]
pub enum RunError {
    /// A recording cannot be opened.
    #[error(transparent)]
    Recording(#[from] RecordingError),
    /// A machine cannot begin.
    #[error(transparent)]
    Machine(#[from] MachineError),
    /// Tokens cannot be told apart.
    #[error(transparent)]
    Token(#[from] DuplicateToken),
}

/// Everything of a run, to be driven step by step.
pub struct Run {
    plan: Plan,
    choice: Choice,
    cast: Arc<Cast>,
    tape: Tape,
    scene: Scene,
    machines: Vec<Machine>,
    findings: Findings,
    changes: Changes,
    last_at: UnixMillis,
}

impl Run {
    /// Reads the recordings once, and sets everything up.
    ///
    /// # Errors
    /// A recording cannot be opened, or the limits cannot be used.
    pub fn new(plan: Plan, watch: &mut dyn FnMut(Progress)) -> Result<Self, RunError> {
        let mut choice =
            Choice::read(&plan.paths, &mut |reading| watch(Progress::Surveying(reading)))?;
        let mut seating = choice.take_seating();
        for market in &mut seating.markets {
            plan.fees.apply(market);
        }
        let markets: Vec<_> = seating.markets.iter().cloned().map(Arc::new).collect();
        let groups: Vec<_> = seating.groups.iter().cloned().map(Arc::new).collect();
        let shards = choice.files().iter().map(|file| file.tokens.clone()).collect();
        let watched = Arc::new(Watched::new(markets, groups, shards));
        let cast = Arc::new(Cast::new(seating, &Screen::layout_of(&watched))?);
        let scene = Scene::new(watched, &choice, plan.detector.clone());
        let mut tape = Tape::new(&choice, Arc::clone(&cast), plan.tape);
        let begins_at = tape.next_at().unwrap_or_default();
        let machines = Bound::ALL.map(|bound| Machine::new(bound, &plan.terms, begins_at));
        let machines = machines.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            plan,
            choice,
            cast,
            tape,
            scene,
            machines,
            findings: Findings::new(begins_at),
            changes: Vec::new(),
            last_at: begins_at,
        })
    }

    /// Plays the whole tape and says what came of it.
    pub fn play(mut self, watch: &mut dyn FnMut(Progress)) -> Report {
        let records = self.choice.files().iter().map(|file| file.span.records).sum();
        let mut steps = 0;
        while self.step() {
            steps += 1;
            watch(Progress::Playing { records, steps });
        }
        self.report()
    }
    /// Plays one step of the tape, and before it whatever happens earlier by itself; `false` at the
    /// end, when everything has come to rest.
    pub fn step(&mut self) -> bool {
        let next = self.tape.next_at();
        self.pass_before(next.unwrap_or(self.last_at.plus(EPILOGUE)));
        let Some(told) = self.tape.next_step() else { return false };
        self.last_at = told.at;
        self.changes.clear();
        self.scene.take(&told, &mut self.changes);
        for machine in &mut self.machines {
            machine.told(&told, &self.changes, &self.scene);
        }
        self.findings.take(&self.changes);
        true
    }
    /// The moment of the next step of the tape; `None` at its end.
    pub fn next_at(&mut self) -> Option<UnixMillis> {
        self.tape.next_at()
    }
    /// What happened up to now.
    #[must_use]
    pub fn machines(&self) -> &[Machine] {
        &self.machines
    }
    /// The market side as it is now.
    #[must_use]
    pub const fn scene(&self) -> &Scene {
        &self.scene
    }

    /// Lets everything happen that happens before this moment by itself.
    fn pass_before(&mut self, moment: UnixMillis) {
        loop {
            let timers = self.machines.iter().filter_map(Machine::next_at);
            let next = timers.chain(self.scene.next_at()).min();
            let Some(at) = next.filter(|at| *at < moment) else { return };
            self.changes.clear();
            if self.scene.next_at().is_some_and(|due| due <= at) {
                self.scene.tick(at, &mut self.changes);
            }
            for machine in &mut self.machines {
                if machine.next_at().is_some_and(|due| due <= at) {
                    machine.pass(at, &self.scene);
                }
                if !self.changes.is_empty() {
                    machine.changed(&self.changes, at, &self.scene);
                }
            }
            self.findings.take(&self.changes);
        }
    }

    fn report(mut self) -> Report {
        self.findings.end_of_books(self.last_at);
        Report::of(&crate::report::Sources {
            plan: &self.plan,
            choice: &self.choice,
            cast: &self.cast,
            counts: self.tape.counts(),
            scene: &self.scene,
            machines: &self.machines,
            findings: &self.findings,
            last_at: self.last_at,
        })
    }
}
