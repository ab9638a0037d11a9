//! The only writer of the database.
//!
//! Others tell it what happened and go on; it writes in batches, one at a time. Every write is
//! idempotent, so a batch whose outcome is not known is written again. While the database is away
//! rows wait up to a limit: beyond it prices are left out and counted, everything else is kept as
//! its newest state only.

mod pending;
mod retention;
mod rows;

use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use domain::{DurationMillis, UnixMillis};
use engine::tape::Weight;
use store::{Label, Store, StoreError, StoreSettings};

use crate::board::Board;
use crate::clock::Clock;
use crate::complaint::Complaint;
use crate::messages::{OpportunityChanged, StoreListing, StorePrices};
use crate::supervision::{Class, Life, Msg};
use crate::tape::{StoreWallets, StoreWhales, TradesPrinted};
use pending::{Batch, Pending};

pub use retention::Retention;

const RECONNECT_MIN: Duration = Duration::from_millis(500);
const RECONNECT_MAX: Duration = Duration::from_secs(10);
/// What was not written waits so long for the next try.
const RETRY_WAIT: DurationMillis = DurationMillis(1_000);
const RETENTION_INTERVAL: Duration = Duration::from_secs(600);

/// How the writer writes.
#[derive(Clone, Debug)]
pub struct StoreWriterSettings {
    /// The database.
    pub store: StoreSettings,
    /// Rows of one batch, at most.
    pub batch_rows: usize,
    /// The longest wait for more rows before writing.
    pub batch_wait: Duration,
    /// Rows that may wait.
    pub queue_rows_max: usize,
    /// How long rows are kept.
    pub retention: Retention,
}

/// The writer.
pub struct StoreWriter {
    life: Life<Self>,
    settings: StoreWriterSettings,
    clock: Clock,
    board: Arc<Board>,
    store: Option<Arc<Store>>,
    pending: Pending,
    reconnect_wait: Duration,
    activity: Activity,
    complaint: Complaint,
    /// What could not be written is not tried again before this moment.
    not_before: UnixMillis,
    stopping: bool,
    written: u64,
    /// Everything that came before this moment is written.
    written_up_to: UnixMillis,
    /// With the batch at hand everything that came before this moment is.
    taken_up_to: Option<UnixMillis>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Activity {
    Idle,
    Busy,
}

impl StoreWriter {
    /// Not connected yet.
    #[must_use]
    pub fn new(
        life: Life<Self>,
        settings: StoreWriterSettings,
        clock: Clock,
        board: Arc<Board>,
    ) -> Self {
        let pending = Pending::new(settings.queue_rows_max);
        let written_up_to = clock.now();
        Self {
            life,
            settings,
            clock,
            board,
            store: None,
            pending,
            reconnect_wait: RECONNECT_MIN,
            activity: Activity::Idle,
            complaint: Complaint::default(),
            not_before: UnixMillis(0),
            stopping: false,
            written: 0,
            written_up_to,
            taken_up_to: None,
        }
    }

    fn connect(&mut self, ctx: &mut Context<Self>) {
        let (settings, now) = (self.settings.store.clone(), self.clock.now());
        let opening = async move {
            let store = Store::connect(&settings).await?;
            store.migrate().await?;
            // What an earlier run left open is over: nobody has watched it since.
            if let Ok(reason) = Label::new("restarted") {
                store.opportunities().close_open(now, &reason).await?;
            }
            Ok::<_, StoreError>(store)
        };
        ctx.spawn(opening.into_actor(self).map(|opened, actor, ctx| match opened {
            Ok(store) => {
                tracing::info!(backend = ?store.backend(), "the database is open");
                actor.store = Some(Arc::new(store));
                actor.reconnect_wait = RECONNECT_MIN;
                actor.succeeded(0);
            }
            Err(error) => {
                if let Some(times) = actor.complaint.happened(&error.to_string(), actor.clock.now())
                {
                    tracing::error!(%error, times, "the database cannot be opened; trying again");
                }
                actor.failed(&error);
                let wait = actor.reconnect_wait;
                actor.reconnect_wait = (wait * 2).min(RECONNECT_MAX);
                ctx.run_later(wait, |actor, ctx| actor.connect(ctx));
            }
        }));
    }

    fn write(&mut self, ctx: &mut Context<Self>) {
        if self.activity == Activity::Idle && self.pending.is_empty() {
            self.written_up_to = self.clock.now();
        }
        if self.stopping && self.activity == Activity::Idle && self.pending.is_empty() {
            ctx.stop();
            return;
        }
        let Some(store) = self.store.clone() else { return };
        let rests = !self.stopping && self.clock.now() < self.not_before;
        if self.activity == Activity::Busy || self.pending.is_empty() || rests {
            return;
        }
        self.activity = Activity::Busy;
        let batch = self.pending.take(self.settings.batch_rows);
        let now = self.clock.now();
        self.taken_up_to = self.pending.is_empty().then_some(now);
        let writing = async move {
            let result = batch.write(&store, now).await;
            (batch, result)
        };
        ctx.spawn(writing.into_actor(self).map(|(batch, result), actor, ctx| {
            actor.activity = Activity::Idle;
            actor.wrote(batch, result);
            actor.write_soon(ctx);
        }));
    }

    fn wrote(&mut self, batch: Batch, result: Result<(), StoreError>) {
        match result {
            Ok(()) => {
                self.written_up_to = self.taken_up_to.unwrap_or(self.written_up_to);
                self.succeeded(batch.rows() as u64);
            }
            Err(error) if error.is_transient() => {
                if let Some(times) = self.complaint.happened(&error.to_string(), self.clock.now()) {
                    tracing::warn!(%error, times, "a batch was not written; it will be written again");
                }
                self.pending.put_back(batch);
                self.not_before = self.clock.now().plus(RETRY_WAIT);
                self.failed(&error);
            }
            Err(error) => {
                tracing::error!(%error, rows = batch.rows(), "a batch cannot be written");
                self.pending.count_dropped(batch.rows());
                self.failed(&error);
            }
        }
    }

    fn write_soon(&self, ctx: &mut Context<Self>) {
        let full = self.pending.rows() >= self.settings.batch_rows;
        if self.board.store().up && (full || self.stopping) {
            ctx.run_later(Duration::ZERO, |actor, ctx| actor.write(ctx));
        }
    }

    fn succeeded(&mut self, rows: u64) {
        self.written += rows;
        if let Some(times) = self.complaint.over() {
            tracing::info!(failed = times, "the database is written again");
        }
        self.life.set_degraded(None);
        self.report(|status| {
            status.up = true;
            status.last_error = None;
        });
    }

    fn failed(&self, error: &StoreError) {
        self.life.set_degraded(Some(format!("the database does not answer: {error}")));
        self.report(|status| {
            status.up = false;
            status.last_error = Some(error.to_string());
        });
    }

    fn report(&self, change: impl FnOnce(&mut crate::board::StoreStatus)) {
        let (queued, dropped, written) =
            (self.pending.rows(), self.pending.dropped(), self.written);
        let waits = queued > 0 || self.activity == Activity::Busy;
        self.board.set_store(|status| {
            status.queued = queued;
            status.dropped = dropped;
            status.written = written;
            status.written_up_to = waits.then_some(self.written_up_to);
            change(status);
        });
    }

    fn prune(&self, ctx: &mut Context<Self>) {
        let Some(store) = self.store.clone() else { return };
        let (now, retention) = (self.clock.now(), self.settings.retention);
        let pruning = async move { retention.apply(&store, now).await };
        ctx.spawn(pruning.into_actor(self).map(|pruned, _, _| {
            if let Err(error) = pruned {
                tracing::warn!(%error, "old rows were not deleted; the next round tries again");
            }
        }));
    }
}

impl Actor for StoreWriter {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        self.connect(ctx);
        ctx.run_interval(self.settings.batch_wait, |actor, ctx| {
            actor.write(ctx);
        });
        ctx.run_interval(Duration::from_secs(1), |actor, _| actor.report(|_| {}));
        ctx.run_interval(RETENTION_INTERVAL, |actor, ctx| actor.prune(ctx));
    }
}

impl Handler<OpportunityChanged> for StoreWriter {
    type Result = ();
    fn handle(&mut self, OpportunityChanged(record): OpportunityChanged, _: &mut Self::Context) {
        match rows::opportunity(&record) {
            Some(row) => self.pending.opportunity(row),
            None => {
                tracing::error!(opportunity = %record.id, "an opportunity does not fit its table")
            }
        }
    }
}

impl Handler<StoreListing> for StoreWriter {
    type Result = ();
    fn handle(&mut self, listing: StoreListing, _: &mut Self::Context) {
        self.pending.listing(listing);
    }
}

impl Handler<StorePrices> for StoreWriter {
    type Result = ();
    fn handle(&mut self, StorePrices(prices): StorePrices, _: &mut Self::Context) {
        self.pending.prices(prices);
    }
}

impl Handler<TradesPrinted> for StoreWriter {
    type Result = ();
    fn handle(&mut self, TradesPrinted(prints): TradesPrinted, _: &mut Self::Context) {
        let kept = prints.iter().filter(|printed| printed.weight >= Weight::Trade);
        for printed in kept {
            match crate::tape::trade_row(&printed.told) {
                Some(row) => self.pending.trade(row),
                None => tracing::error!(trade = %printed.told.id, "a trade does not fit its table"),
            }
        }
    }
}

impl Handler<StoreWhales> for StoreWriter {
    type Result = ();
    fn handle(&mut self, StoreWhales(whales): StoreWhales, _: &mut Self::Context) {
        whales.into_iter().for_each(|whale| self.pending.whale(whale));
    }
}

impl Handler<StoreWallets> for StoreWriter {
    type Result = ();
    fn handle(&mut self, StoreWallets(wallets): StoreWallets, _: &mut Self::Context) {
        wallets.into_iter().for_each(|wallet| self.pending.wallet(wallet));
    }
}

/// Write what waits, then stop.
#[derive(Clone, Copy, Debug)]
pub struct StopWriting;

impl Message for StopWriting {
    type Result = ();
}
impl Msg for StopWriting {
    const CLASS: Class = Class::Control;
}

impl Handler<StopWriting> for StoreWriter {
    type Result = ();
    fn handle(&mut self, _: StopWriting, ctx: &mut Self::Context) {
        self.stopping = true;
        if self.store.is_none() {
            ctx.stop();
        }
        self.write(ctx);
    }
}
