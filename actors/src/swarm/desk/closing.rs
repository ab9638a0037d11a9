//! From answers to a forecast, or to a reason why there is none.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use engine::forecast::{Failure, Moments, Outcome};

use super::writing::Write;
use super::{SwarmDesk, Unlearned};
use crate::swarm::answers::{self, Timing};
use crate::swarm::messages::Told;
use crate::swarm::record::ForecastStage;
use crate::swarm::round::{Phase, Round};

/// After the last call is given up its member has so long to say so.
pub(super) const GRACE: Duration = Duration::from_secs(3);

impl SwarmDesk {
    /// Takes in an answer, and closes the round where it was the last one that was waited for.
    pub(super) fn take(&mut self, id: &Arc<str>, told: Told) {
        let Some(round) = self.rounds.get_mut(id) else {
            // Its round ended long ago: a member took longer than it may.
            tracing::debug!(forecast = %id, "an answer came after its round");
            return;
        };
        let kept = told.clone();
        let timing = round.take(told);
        let quorum = self.settings.pool.quorum;
        let closes = match round.phase {
            Phase::Opening => false,
            Phase::Asking => round.is_over(),
            Phase::Overdue => round.is_over() || round.members_with_estimates() >= quorum,
            Phase::Closed => false,
        };
        let (is_over, record) = (round.is_over(), Arc::clone(&round.record));
        self.keep(id, &kept, timing);
        if timing == Timing::Late {
            // What a late answer cost belongs to the forecast all the same.
            self.queue(Write::forecast(&record));
            self.outlets.board.put(&record);
            if record.resolved.is_some() {
                self.unlearned = Unlearned::LateAnswers;
            }
        }
        if closes {
            self.close(id);
        } else if is_over {
            self.rounds.remove(id);
        }
        self.show_rounds();
    }

    /// The time is over: whoever has answered makes the forecast, if there are enough of them.
    pub(super) fn overdue(&mut self, id: &Arc<str>) {
        let Some(round) = self.rounds.get_mut(id) else { return };
        if round.phase != Phase::Asking {
            return;
        }
        round.phase = Phase::Overdue;
        if round.members_with_estimates() >= self.settings.pool.quorum {
            self.close(id);
        }
    }

    /// No call can be under way any more.
    pub(super) fn end(&mut self, id: &Arc<str>) {
        if self.rounds.get(id).is_some_and(|round| round.phase != Phase::Closed) {
            self.close(id);
        }
        self.rounds.remove(id);
        self.show_rounds();
    }

    fn close(&mut self, id: &Arc<str>) {
        let Some(round) = self.rounds.get_mut(id) else { return };
        let moments =
            Moments { asked_at: round.record.asked_at, made_at: self.outlets.clock.now() };
        let (market, samples) = (round.market.clone(), round.samples());
        let made = self.panel.forecast(market, &samples, moments, self.settings.pool);
        let stage = match made {
            Ok(forecast) => ForecastStage::Published(Arc::new(forecast)),
            Err(error) => ForecastStage::Failed { reason: reason(&error.to_string(), round) },
        };
        round.phase = Phase::Closed;
        Arc::make_mut(&mut round.record).stage = stage;
        let (record, is_over) = (Arc::clone(&round.record), round.is_over());
        for (key, answers) in round.cacheable() {
            self.cache.put(key, moments.made_at, answers);
        }
        if is_over {
            self.rounds.remove(id);
        }
        self.queue(Write::forecast(&record));
        self.announce(&record);
        self.show_rounds();
    }

    /// There will be no forecast.
    pub(super) fn fail(&mut self, id: &Arc<str>, reason: String) {
        let Some(mut round) = self.rounds.remove(id) else { return };
        Arc::make_mut(&mut round.record).stage = ForecastStage::Failed { reason };
        self.queue(Write::forecast(&round.record));
        self.announce(&round.record);
        self.show_rounds();
    }

    fn keep(&mut self, id: &Arc<str>, told: &Told, timing: Timing) {
        let seat = self.seats.iter().find(|seat| seat.name == told.sample.member);
        let model = seat.map_or("", |seat| seat.model.as_str());
        match answers::row(id, model, told, timing) {
            Ok(row) => self.queue(Write::Answer(Box::new(row))),
            Err(error) => tracing::error!(%error, "an answer cannot be written down"),
        }
    }
}

/// Why there is no forecast, with what became of the calls.
fn reason(why: &str, round: &Round) -> String {
    let mut failures: BTreeMap<Failure, usize> = BTreeMap::new();
    for told in &round.told {
        if let Outcome::Failed(failure) = told.sample.outcome {
            *failures.entry(failure).or_default() += 1;
        }
    }
    let missing = round.expected.saturating_sub(round.ended());
    if missing > 0 {
        *failures.entry(Failure::Late).or_default() += missing;
    }
    if failures.is_empty() {
        return why.to_owned();
    }
    let parts = failures.iter().map(|(failure, count)| format!("{count} {}", failure.text()));
    format!("{why}; of {} calls {}", round.expected, parts.collect::<Vec<_>>().join(", "))
}
