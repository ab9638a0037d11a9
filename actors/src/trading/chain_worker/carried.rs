//! A transaction on its way: what is to be done next, and what is to be told. Pure.

use std::time::Duration;

use domain::{DurationMillis, UnixMillis};
use engine::desk::TaskSight;
use polymarket::chain::{ChainStatus, SubmitOutcome, Ticket};

use super::settings::ChainWorkerSettings;
use super::signed::Signed;

/// A transaction on its way.
#[derive(Clone, Debug)]
pub(super) struct Carried {
    text: String,
    signed: Signed,
    tickets: Vec<Ticket>,
    told: Told,
    send_at: Option<UnixMillis>,
    look_at: UnixMillis,
    pause: Duration,
    /// When the newest signature was first sent by this incarnation.
    sent_at: Option<UnixMillis>,
    /// A dearer signature waits to be written down since.
    replacing_since: Option<UnixMillis>,
}

/// What the desk knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// Nothing that could be taken back.
    Nothing,
    /// That it is in a block.
    Mined,
}

/// What to say about it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// Nothing is new.
    Silent,
    /// It stands differently, and goes on.
    Changed(TaskSight),
    /// It is over.
    Ended(TaskSight),
}

/// A dearer signature that is not written down is asked for again after so long.
const REPLACEMENT_WAIT: DurationMillis = DurationMillis(30_000);

impl Carried {
    /// It may be sent at once: whoever has it already says so.
    pub(super) fn new(text: String, signed: Signed, told: Told, now: UnixMillis) -> Self {
        Self {
            text,
            signed,
            tickets: Vec::new(),
            told,
            send_at: Some(now),
            look_at: now,
            pause: Duration::ZERO,
            sent_at: None,
            replacing_since: None,
        }
    }
    /// The desk asks for it again; what it knows may be less than was told.
    pub(super) fn asked_again(
        &mut self,
        text: String,
        signed: Signed,
        told: Told,
        now: UnixMillis,
    ) {
        if text != self.text {
            self.text = text;
            self.signed = signed;
            self.send_at = Some(now);
            self.look_at = now;
            self.sent_at = None;
            self.replacing_since = None;
        }
        self.told = told;
    }
    pub(super) fn text(&self) -> &str {
        &self.text
    }
    pub(super) const fn signed(&self) -> &Signed {
        &self.signed
    }
    pub(super) fn tickets(&self) -> &[Ticket] {
        &self.tickets
    }
    pub(super) fn is_due(&self, now: UnixMillis) -> bool {
        now >= self.look_at
    }
    pub(super) fn is_to_be_sent(&self, now: UnixMillis) -> bool {
        self.send_at.is_some_and(|at| now >= at)
    }
    /// Whether the newest signature waits so long that it should offer more.
    pub(super) fn is_stuck(&self, settings: &ChainWorkerSettings, now: UnixMillis) -> bool {
        let is_free = self.replacing_since.is_none_or(|at| now.since(at) >= REPLACEMENT_WAIT);
        let waits = self.sent_at.is_some_and(|at| now.since(at) >= millis(settings.replace_after));
        is_free && waits && self.signed.attempts().len() < settings.attempts_max
    }
    pub(super) const fn replacing(&mut self, now: UnixMillis) {
        self.replacing_since = Some(now);
    }

    /// What the answer to sending means; in words where it did not go well.
    pub(super) fn sent(
        &mut self,
        outcome: SubmitOutcome,
        settings: &ChainWorkerSettings,
        now: UnixMillis,
    ) -> Option<String> {
        self.send_at = None;
        match outcome {
            SubmitOutcome::Accepted(ticket) => {
                self.sent_at.get_or_insert(now);
                if !self.tickets.contains(&ticket) {
                    self.tickets.push(ticket);
                }
                None
            }
            SubmitOutcome::AlreadyKnown => {
                self.sent_at.get_or_insert(now);
                None
            }
            SubmitOutcome::NonceTooLow => None,
            SubmitOutcome::Later { after } => {
                let wait = after.unwrap_or_default().max(settings.send_again_after);
                self.send_at = Some(now.plus(millis(wait)));
                None
            }
            SubmitOutcome::Refused { reason, text } => {
                Some(format!("a transaction is not taken: {reason} ({text})"))
            }
            SubmitOutcome::NotSent { why } => {
                Some(format!("transactions cannot be sent now: {why}"))
            }
            SubmitOutcome::Ambiguous { why } => {
                self.sent_at.get_or_insert(now);
                Some(format!("it is not known whether a transaction was taken: {why}"))
            }
        }
    }

    /// What the chain says of it.
    pub(super) fn seen(
        &mut self,
        status: &ChainStatus,
        settings: &ChainWorkerSettings,
        now: UnixMillis,
    ) -> Word {
        let word = self.word(status);
        if word != Word::Silent {
            self.pause = Duration::ZERO;
        }
        if *status == ChainStatus::Unknown && self.send_at.is_none() {
            self.send_at = Some(now.plus(millis(settings.send_again_after)));
        }
        self.look_later(settings, now);
        word
    }
    fn word(&self, status: &ChainStatus) -> Word {
        let failed = |why: String| Word::Ended(TaskSight::Failed { why });
        match status {
            ChainStatus::Unknown | ChainStatus::Pending => match self.told {
                Told::Mined => Word::Changed(TaskSight::Reorganised),
                Told::Nothing => Word::Silent,
            },
            ChainStatus::Mined { .. } => match self.told {
                Told::Mined => Word::Silent,
                Told::Nothing => Word::Changed(TaskSight::Mined),
            },
            ChainStatus::Confirmed { .. } => Word::Ended(TaskSight::Confirmed),
            ChainStatus::Reverted { reason, .. } => {
                failed(format!("the contracts undid it: {reason}"))
            }
            ChainStatus::Superseded => {
                failed("another transaction of the account took its place".to_owned())
            }
            ChainStatus::Expired => {
                failed("nobody carried it out before its signature ended".to_owned())
            }
        }
    }
    /// The desk took the word.
    pub(super) fn was_told(&mut self, sight: &TaskSight) {
        match sight {
            TaskSight::Mined => self.told = Told::Mined,
            TaskSight::Reorganised => self.told = Told::Nothing,
            _ => {}
        }
    }
    /// The next look comes after twice the time.
    pub(super) fn look_later(&mut self, settings: &ChainWorkerSettings, now: UnixMillis) {
        let doubled = self.pause.saturating_mul(2);
        self.pause = doubled.clamp(settings.look_first, settings.look_max.max(settings.look_first));
        let at = now.plus(millis(self.pause));
        self.look_at = self.send_at.map_or(at, |send_at| send_at.min(at));
    }
}

fn millis(duration: Duration) -> DurationMillis {
    DurationMillis(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests;
