//! Writes down what was decided, and only then lets it out.
//!
//! Whatever waits is committed together, so a burst costs one synchronous write. While the database
//! is away nothing leaves and everything waits, up to a limit; at the limit the risk manager begins
//! again from what is written down. A second process that takes the journal over ends this one's
//! trading.

mod checkpoints;

use std::collections::VecDeque;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use engine::desk::{Effect, Recorded};
use engine::risk::Limits;
use store::{
    AppendError, BATCH_ROWS_MAX, Journal, JournalRecord, Label, LedgerEntryRow, LoadFrom,
    MoneyBatch, OpenError, RENEW_EVERY, Store, StoreSettings,
};
use thiserror::Error;

use super::Durable;
use super::board::TradingBoard;
use super::messages::{EventsKept, OpportunitiesPassed, Perform, ReadBack, Recovered};
use super::passed_row::passed_row;
use super::reading::{ReadDesk, read_desk};
use crate::clock::Clock;
use crate::complaint::Complaint;
use crate::crash_point::{CrashPoint, passing};
use crate::supervision::{Class, Handle, Life, Msg};
use crate::tenure::Tenure;
use checkpoints::Checkpoints;

const RECONNECT: Duration = Duration::from_millis(500);
/// How often a batch of unknown outcome is written again before this incarnation gives up.
const TRIES_MAX: u32 = 60;
/// Decisions that wait for the database. Beyond it nothing more is taken.
const WAITING_MAX: usize = 2_000;
/// With so many waiting, reasons why nothing was wished are not taken: money comes first.
const WAITING_FOR_REASONS_MAX: usize = 200;

/// What was decided on one input: to be committed, then done. Never dropped: at the limit the risk
/// manager begins again.
#[derive(Debug)]
pub struct Commit {
    /// The incarnation of the risk manager that decided it. What an earlier one decided after the
    /// journal was read back to the next is not taken: it was decided on a desk that is gone.
    pub epoch: u64,
    /// To be written down.
    pub events: Vec<Recorded>,
    /// To be done once that is durable.
    pub effects: Vec<Effect>,
    /// Rows of tables that say the same, as they are now.
    pub rows: MoneyBatch,
}
impl Message for Commit {
    type Result = ();
}
impl Msg for Commit {
    const CLASS: Class = Class::Critical;
}

/// Write what waits, then stop.
#[derive(Clone, Copy, Debug)]
pub struct StopKeeping;
impl Message for StopKeeping {
    type Result = ();
}
impl Msg for StopKeeping {
    const CLASS: Class = Class::Control;
}

/// Whom the keeper tells.
#[derive(Clone)]
pub struct KeeperOutlets {
    /// Asked for the journal back.
    pub risk_manager: Handle<Recovered>,
    /// Talks to the venue.
    pub executor: Handle<Perform>,
    /// Talks to the chain.
    pub chain: Handle<Perform>,
    /// Shows decisions and notices.
    pub board: Arc<TradingBoard>,
    /// Told of everything durable, for the page: at the limit they miss it.
    pub listeners: Vec<Handle<EventsKept>>,
    /// Told why nothing was wished, if somebody tells the stories of opportunities.
    pub tracer: Option<Handle<OpportunitiesPassed>>,
}

/// The keeper.
pub struct Keeper {
    life: Life<Self>,
    store: StoreSettings,
    owner: String,
    clock: Clock,
    outlets: KeeperOutlets,
    journal: Option<(Store, Arc<Journal>)>,
    waiting: VecDeque<Commit>,
    writing: Activity,
    wanted_by: Option<ReadBack>,
    epoch: Option<u64>,
    limits: Option<Box<Limits>>,
    checkpoints: Checkpoints,
    tenure: Tenure,
    complaint: Complaint,
    stopping: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Activity {
    Idle,
    Busy,
}

impl Keeper {
    /// The journal is not open yet. `owner` is what a second process is told.
    #[must_use]
    pub fn new(
        life: Life<Self>,
        store: StoreSettings,
        owner: String,
        clock: Clock,
        outlets: KeeperOutlets,
    ) -> Self {
        Self {
            life,
            store,
            owner,
            clock,
            outlets,
            journal: None,
            waiting: VecDeque::new(),
            writing: Activity::Idle,
            wanted_by: None,
            epoch: None,
            limits: None,
            checkpoints: Checkpoints::new(checkpoints::EVERY),
            tenure: Tenure::Alone,
            complaint: Complaint::default(),
            stopping: false,
        }
    }

    /// Keeps the desk whenever so many records were written, 5,000 where nobody says otherwise.
    #[must_use]
    pub const fn checkpoint_every(mut self, records: NonZeroU64) -> Self {
        self.checkpoints = Checkpoints::new(records);
        self
    }

    /// Opens the journal by this right.
    #[must_use]
    pub fn under(mut self, tenure: Tenure) -> Self {
        self.tenure = tenure;
        self
    }

    fn open(&mut self, ctx: &mut Context<Self>) {
        let (settings, owner, now) = (self.store.clone(), self.owner.clone(), self.clock.now());
        let tenure = self.tenure.clone();
        let opening = async move {
            let store = Store::connect(&settings).await?;
            store.migrate().await?;
            let journal = match tenure.lease() {
                None => store.money().open_journal(&owner, now).await?,
                Some(lease) => store.money().open_journal_under(lease, &owner, now).await?,
            };
            Ok::<_, KeeperError>((store, journal))
        };
        ctx.spawn(opening.into_actor(self).map(|opened, actor, ctx| match opened {
            Ok((store, journal)) => {
                let failed = actor.complaint.over().unwrap_or_default();
                tracing::info!(durability = ?journal.durability(), failed, "the journal is open");
                actor.journal = Some((store, Arc::new(journal)));
                actor.life.set_degraded(None);
                actor.life.ready();
                actor.read_back(ctx);
            }
            Err(error) => {
                if let Some(times) = actor.complaint.happened(&error.to_string(), actor.clock.now())
                {
                    tracing::error!(%error, times, "the journal cannot be opened; trading waits");
                }
                actor.life.set_degraded(Some(format!("trading waits: {error}")));
                ctx.run_later(RECONNECT, |actor, ctx| actor.open(ctx));
            }
        }));
    }

    /// Reads the journal to the risk manager that asked, once everything that waits is in it.
    fn read_back(&mut self, ctx: &mut Context<Self>) {
        let Some((store, _)) = self.journal.clone() else { return };
        if self.writing == Activity::Busy || !self.waiting.is_empty() {
            return;
        }
        let Some(wish) = self.wanted_by.take() else { return };
        self.writing = Activity::Busy;
        let began = self.clock.now();
        let reading = async move {
            let read = read_desk(&store, LoadFrom::Newest, &wish.limits).await;
            (wish, read)
        };
        ctx.spawn(reading.into_actor(self).map(move |(wish, read), actor, ctx| {
            actor.writing = Activity::Idle;
            match read {
                Ok(read) => {
                    let took_ms = actor.clock.now().since(began).0;
                    let (records, kept) = (read.last_seq, read.kept_seq);
                    tracing::info!(records, kept, took_ms, "the desk is read back");
                    actor.hand_over(wish, read, ctx);
                }
                Err(error) if error.is_lasting() => {
                    // Trading on a journal that does not make sense could lose money twice.
                    tracing::error!(%error, "the journal cannot be read back; trading stays off");
                    actor.life.set_degraded(Some(format!("trading stays off: {error}")));
                }
                Err(error) => {
                    let now = actor.clock.now();
                    if let Some(times) = actor.complaint.happened(&error.to_string(), now) {
                        tracing::error!(%error, times, "the journal cannot be read back; trading waits");
                    }
                    actor.life.set_degraded(Some(format!("trading waits: {error}")));
                    actor.wanted_by.get_or_insert(wish);
                    ctx.run_later(RECONNECT, |actor, ctx| actor.read_back(ctx));
                }
            }
            actor.write(ctx);
        }));
    }

    fn hand_over(&mut self, wish: ReadBack, read: ReadDesk, ctx: &mut Context<Self>) {
        self.epoch = Some(wish.epoch);
        self.limits = Some(wish.limits);
        self.life.set_degraded(None);
        self.checkpoints.found(read.kept_seq);
        let last_seq = read.last_seq;
        if let Err(error) = self.outlets.risk_manager.tell(Recovered { desk: read.desk }) {
            tracing::error!(%error, "the risk manager does not take the journal");
        }
        self.checkpoint(last_seq, ctx);
    }

    /// Keeps the desk, where that is due now that so much is written.
    fn checkpoint(&mut self, last_seq: u64, ctx: &mut Context<Self>) {
        let (Some((store, journal)), Some(limits)) = (self.journal.clone(), self.limits.clone())
        else {
            return;
        };
        if !self.checkpoints.begin(last_seq) {
            return;
        }
        let at = self.clock.now();
        let making = async move { checkpoints::make(&store, &journal, &limits, at).await };
        ctx.spawn(making.into_actor(self).map(move |made, actor, _| {
            if let Err(error) = &made {
                tracing::warn!(%error, "the desk is not kept; the next start takes longer");
            }
            actor.checkpoints.over(made.unwrap_or(last_seq));
        }));
    }

    fn write(&mut self, ctx: &mut Context<Self>) {
        if self.stopping && self.waiting.is_empty() && self.writing == Activity::Idle {
            ctx.stop();
            return;
        }
        let Some((_, journal)) = self.journal.clone() else { return };
        if self.writing == Activity::Idle && self.waiting.is_empty() {
            return self.read_back(ctx);
        }
        if self.writing == Activity::Busy {
            return;
        }
        self.writing = Activity::Busy;
        let commits = self.take();
        let writing = async move {
            let result = keep(&journal, &commits).await;
            (commits, result)
        };
        ctx.spawn(writing.into_actor(self).map(|(commits, result), actor, ctx| {
            actor.writing = Activity::Idle;
            match result {
                Ok(last_seq) => {
                    for commit in commits {
                        actor.let_out(commit);
                    }
                    actor.checkpoint(last_seq, ctx);
                    actor.write(ctx);
                }
                Err(error) => {
                    tracing::error!(%error, "what was decided cannot be written down; trading stops");
                    actor.life.fail(ctx, format!("the journal cannot be written: {error}"));
                }
            }
        }));
    }

    /// The next commits, as many as fit into one batch.
    fn take(&mut self) -> Vec<Commit> {
        let mut rows = 0;
        let mut commits = Vec::new();
        while let Some(next) = self.waiting.front() {
            let more = next.events.len()
                + next.rows.entries.len()
                + next.rows.orders.len()
                + next.rows.decisions.len();
            if !commits.is_empty() && rows + more > BATCH_ROWS_MAX / 2 {
                break;
            }
            rows += more;
            commits.extend(self.waiting.pop_front());
        }
        commits
    }

    fn let_out(&mut self, commit: Commit) {
        // Before anybody acts on it.
        let at = self.clock.now();
        let mut venue = Vec::new();
        let mut chain = Vec::new();
        for effect in commit.effects {
            match &effect {
                Effect::Decided(decision) => {
                    self.outlets.board.tally().decided(decision);
                    self.outlets.board.decided(Arc::new((**decision).clone()))
                }
                Effect::Notify(notice) => {
                    tracing::warn!(code = notice.code, "{}", notice.text);
                    self.outlets.board.noticed(Arc::new(notice.clone()));
                }
                Effect::Prepare(_) | Effect::Submit(_) => chain.push(Durable::new(effect)),
                _ => venue.push(Durable::new(effect)),
            }
        }
        for (effects, to) in [(venue, &self.outlets.executor), (chain, &self.outlets.chain)] {
            // What is not taken now is asked for again by the desk, for nothing was forgotten.
            if !effects.is_empty()
                && let Err(error) = to.tell(Perform(effects))
            {
                tracing::warn!(to = to.name(), %error, "effects were not taken; the desk asks again");
            }
        }
        if !commit.events.is_empty() {
            self.outlets.board.tally().kept(&commit.events, at);
            let events = Arc::new(commit.events);
            for listener in &self.outlets.listeners {
                if listener.tell(EventsKept { events: Arc::clone(&events), at }).is_err() {
                    tracing::debug!(to = listener.name(), "events were not shown");
                }
            }
        }
    }
}

impl Actor for Keeper {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        self.open(ctx);
        ctx.run_interval(RENEW_EVERY / 3, |actor, ctx| {
            let Some((_, journal)) = actor.journal.clone() else { return };
            let renewing = async move { journal.renew().await };
            ctx.spawn(renewing.into_actor(actor).map(|renewed, actor, ctx| {
                if let Err(error @ AppendError::Fenced { .. }) = renewed {
                    tracing::error!(%error, "another process trades with this journal");
                    actor.life.fail(ctx, error.to_string());
                }
            }));
        });
    }
}

impl Handler<Commit> for Keeper {
    type Result = ();
    fn handle(&mut self, commit: Commit, ctx: &mut Self::Context) {
        if self.epoch != Some(commit.epoch) {
            tracing::warn!(
                epoch = commit.epoch,
                "what a risk manager of earlier decided is not taken"
            );
            return;
        }
        if self.waiting.len() >= WAITING_MAX {
            self.life.fail(ctx, "too much waits for the database");
            return;
        }
        self.waiting.push_back(commit);
        self.write(ctx);
    }
}

impl Handler<OpportunitiesPassed> for Keeper {
    type Result = ();
    fn handle(&mut self, passed: OpportunitiesPassed, ctx: &mut Self::Context) {
        let Some(epoch) = self.epoch.filter(|_| self.waiting.len() < WAITING_FOR_REASONS_MAX)
        else {
            tracing::warn!(reasons = passed.0.len(), "reasons why nothing was wished are left out");
            return;
        };
        let decisions = passed.0.iter().filter_map(passed_row).collect();
        if let Some(tracer) = &self.outlets.tracer
            && tracer.tell(passed).is_err()
        {
            tracing::debug!("reasons are left out of their traces");
        }
        let rows = MoneyBatch { decisions, ..MoneyBatch::default() };
        let (events, effects) = (Vec::new(), Vec::new());
        self.waiting.push_back(Commit { epoch, events, effects, rows });
        self.write(ctx);
    }
}

impl Handler<ReadBack> for Keeper {
    type Result = ();
    fn handle(&mut self, wish: ReadBack, ctx: &mut Self::Context) {
        self.wanted_by = Some(wish);
        self.read_back(ctx);
    }
}

impl Handler<StopKeeping> for Keeper {
    type Result = ();
    fn handle(&mut self, _: StopKeeping, ctx: &mut Self::Context) {
        self.stopping = true;
        self.write(ctx);
        if self.waiting.is_empty() && self.writing == Activity::Idle {
            ctx.stop();
        }
    }
}

#[derive(Debug, Error)]
enum KeeperError {
    #[error(transparent)]
    Store(#[from] store::StoreError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Append(#[from] AppendError),
    #[error(transparent)]
    Kind(#[from] store::WordError),
    #[error("an event cannot be written as text: {0}")]
    Unwritable(serde_json::Error),
}

/// Writes commits as one batch. A torn connection leaves open whether it was written: the same
/// batch again tells. Returns the number of the last record.
async fn keep(journal: &Journal, commits: &[Commit]) -> Result<u64, KeeperError> {
    passing(CrashPoint::Keeping);
    let batch = merged(journal.next_seq().await, commits)?;
    let last_seq = (batch.first_seq + batch.records.len() as u64).saturating_sub(1);
    let mut tries = 0;
    loop {
        tries += 1;
        match journal.append(&batch).await {
            Ok(()) => {
                passing(CrashPoint::Kept);
                return Ok(last_seq);
            }
            Err(error) if error.is_transient() && tries < TRIES_MAX => {
                tracing::warn!(%error, tries, "the journal is written again");
                tokio::time::sleep(RECONNECT).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

fn merged(first_seq: u64, commits: &[Commit]) -> Result<MoneyBatch, KeeperError> {
    let mut batch = MoneyBatch { first_seq, ..MoneyBatch::default() };
    for commit in commits {
        let seq = first_seq + batch.records.len() as u64;
        for recorded in &commit.events {
            let body = serde_json::to_string(&recorded.event).map_err(KeeperError::Unwritable)?;
            let kind = Label::new(recorded.event.kind())?;
            batch.records.push(JournalRecord { kind, body, at: recorded.at });
        }
        let rows = commit.rows.clone();
        batch.signals.extend(rows.signals);
        batch.decisions.extend(rows.decisions);
        batch.orders.extend(rows.orders);
        batch.fills.extend(rows.fills);
        batch.entries.extend(rows.entries.into_iter().map(|entry| LedgerEntryRow { seq, ..entry }));
        batch.positions.extend(rows.positions);
        batch.plans.extend(rows.plans);
        batch.chain_actions.extend(rows.chain_actions);
        batch.daily_results.extend(rows.daily_results);
        batch.risk_state.extend(rows.risk_state);
        batch.commands.extend(rows.commands);
        batch.equity.extend(rows.equity);
    }
    Ok(batch)
}
