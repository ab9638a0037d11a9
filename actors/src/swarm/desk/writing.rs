//! What the desk writes down, one after the other, in the order in which it happened.

use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use domain::{DurationMillis, UnixMillis};
use store::{ForecastRow, ModelAnswerRow, Store, StoreError};

use super::{SwarmDesk, Writing};
use crate::swarm::record::ForecastRecord;

/// Rows that wait; at the limit the oldest are lost, and the log says so.
const WAITING_MAX: usize = 5_000;
/// Rows written before the queue is looked at again.
const BATCH: usize = 50;
const PRUNE_ROWS_MAX: u32 = 1_000;
/// Calls are looked up for as long as their day counts; a week is for whoever wants to know.
const CALLS_KEPT: DurationMillis = DurationMillis(7 * 86_400_000);

/// One row.
#[derive(Clone, Debug)]
pub(super) enum Write {
    Forecast(Box<Result<ForecastRow, String>>),
    Answer(Box<ModelAnswerRow>),
}

impl Write {
    pub(super) fn forecast(record: &Arc<ForecastRecord>) -> Self {
        Self::Forecast(Box::new(record.to_row().map_err(|error| error.to_string())))
    }
    async fn carry_out(&self, store: &Store) -> Result<(), StoreError> {
        match self {
            Self::Forecast(row) => match row.as_ref() {
                Ok(row) => store.forecasts().put(row).await,
                Err(error) => {
                    tracing::error!(%error, "a forecast cannot be written down");
                    Ok(())
                }
            },
            Self::Answer(row) => store.forecasts().put_answer(row).await,
        }
    }
}

impl SwarmDesk {
    pub(super) fn queue(&mut self, write: Write) {
        if self.writes.len() >= WAITING_MAX {
            self.writes.pop_front();
            tracing::error!("a row about a forecast was lost: the database is away for too long");
        }
        self.writes.push_back(write);
    }

    /// Writes what waits. What fails for a while is written again, before anything newer.
    pub(super) fn write(&mut self, ctx: &mut Context<Self>) {
        let Some(store) = self.store.clone().filter(|_| self.writing == Writing::Idle) else {
            return;
        };
        let batch: Vec<Write> = self.writes.drain(..self.writes.len().min(BATCH)).collect();
        if batch.is_empty() {
            return;
        }
        self.writing = Writing::Busy;
        let written = async move {
            let mut left = batch.into_iter();
            while let Some(write) = left.next() {
                match write.carry_out(&store).await {
                    Ok(()) => {}
                    Err(error) if error.is_transient() => {
                        tracing::warn!(%error, "rows about forecasts wait for the database");
                        return std::iter::once(write).chain(left).collect::<Vec<_>>();
                    }
                    Err(error) => tracing::error!(%error, "a row about a forecast is refused"),
                }
            }
            Vec::new()
        };
        ctx.spawn(written.into_actor(self).map(|left, desk, _| {
            desk.writing = Writing::Idle;
            for write in left.into_iter().rev() {
                desk.writes.push_front(write);
            }
        }));
    }

    /// Lets go of what is older than it needs to be.
    pub(super) fn prune(&self, ctx: &mut Context<Self>) {
        let Some(store) = self.store.clone() else { return };
        let (kept_for, now) = (self.settings.kept_for, self.outlets.clock.now());
        let pruned = async move {
            if let Err(error) = prune(&store, kept_for, now).await {
                tracing::warn!(%error, "old forecasts were not let go of");
            }
        };
        ctx.spawn(pruned.into_actor(self));
    }
}

async fn prune(
    store: &Store,
    kept_for: Option<Duration>,
    now: UnixMillis,
) -> Result<(), StoreError> {
    let calls_before = now.plus(DurationMillis(-CALLS_KEPT.0));
    store.model_budget().prune_calls_before(calls_before, PRUNE_ROWS_MAX).await?;
    let Some(kept_for) = kept_for else { return Ok(()) };
    let kept_ms = i64::try_from(kept_for.as_millis()).unwrap_or(i64::MAX);
    let before = now.plus(DurationMillis(-kept_ms));
    let forecasts = store.forecasts();
    forecasts.prune_answers_before(before, PRUNE_ROWS_MAX).await?;
    forecasts.prune_before(before, PRUNE_ROWS_MAX).await?;
    Ok(())
}
