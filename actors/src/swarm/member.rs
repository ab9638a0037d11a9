//! One model's own actor.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix::prelude::*;
use engine::forecast::{Failure, Outcome, Sample};
use forecasters::{Prompt, Usage};

use super::board::SwarmBoard;
use super::call::{Caller, Ended};
use super::messages::{AskMember, MemberSaid, Reserve, Settle, Told};
use super::settings::MemberSettings;
use crate::clock::Clock;
use crate::supervision::{Handle, Life};

/// Calls that wait; at the limit the newest are refused.
const WAITING_MAX: usize = 200;
/// A key or model that was refused is not tried again before.
const BARRED_FOR: Duration = Duration::from_secs(300);

/// What a member needs.
#[derive(Clone)]
pub(super) struct MemberOutlets {
    /// Where it takes the time from.
    pub(super) clock: Clock,
    /// Where it says how it is doing.
    pub(super) board: Arc<SwarmBoard>,
    /// Who holds the money.
    pub(super) reserve: Handle<Reserve>,
    /// Who is told what was paid.
    pub(super) settle: Handle<Settle>,
    /// Who asked.
    pub(super) desk: Handle<MemberSaid>,
}

struct Job {
    forecast: Arc<str>,
    prompt: Arc<Prompt>,
    index: u32,
    until: Instant,
}

/// The actor of one model. It has connections of its own, so nobody waits for another's provider.
pub(super) struct Member {
    life: Life<Self>,
    settings: MemberSettings,
    tokens_max: u32,
    calls_max: usize,
    outlets: MemberOutlets,
    caller: Option<Caller>,
    waiting: VecDeque<Job>,
    under_way: usize,
    barred: Option<(Instant, String)>,
}

impl Member {
    /// Has asked nothing yet.
    pub(super) fn new(
        life: Life<Self>,
        settings: MemberSettings,
        tokens_max: u32,
        calls_max: usize,
        outlets: MemberOutlets,
    ) -> Self {
        let (caller, waiting, barred) = (None, VecDeque::new(), None);
        let under_way = 0;
        Self { life, settings, tokens_max, calls_max, outlets, caller, waiting, under_way, barred }
    }

    fn begin(&mut self, ctx: &mut Context<Self>) {
        while self.under_way < self.calls_max {
            let Some(job) = self.waiting.pop_front() else { return };
            let reason = self.barred_reason();
            let Some(caller) = self.caller.clone().filter(|_| reason.is_none()) else {
                let why = reason.unwrap_or_else(|| "it cannot be connected to".to_owned());
                self.give_up(&job, Failure::Provider, why);
                continue;
            };
            self.under_way += 1;
            let call = async move {
                let ended = caller.ask(&job.prompt, job.index, job.until).await;
                (job.forecast, ended)
            };
            ctx.spawn(call.into_actor(self).map(|(forecast, ended), actor, ctx| {
                actor.under_way -= 1;
                actor.end(forecast, ended);
                actor.begin(ctx);
            }));
        }
    }

    /// Why nothing is asked now.
    fn barred_reason(&mut self) -> Option<String> {
        let (since, why) = self.barred.as_ref()?;
        if since.elapsed() < BARRED_FOR {
            return Some(why.clone());
        }
        self.barred = None;
        self.life.set_degraded(None);
        None
    }

    fn end(&mut self, forecast: Arc<str>, Ended { told, bars }: Ended) {
        if let Some(why) = bars {
            self.life.set_degraded(Some(why.clone()));
            self.barred = Some((Instant::now(), why));
        }
        self.tell(forecast, told);
    }

    fn give_up(&self, job: &Job, failure: Failure, error: String) {
        let sample = Sample {
            member: self.settings.name.clone(),
            index: job.index,
            outcome: Outcome::Failed(failure),
            cost: domain::Usd::ZERO,
            latency_ms: domain::DurationMillis(0),
        };
        let (at, usage) = (self.outlets.clock.now(), Usage::default());
        let told = Told { sample, at, usage, was_repaired: false, error: Some(error) };
        self.tell(Arc::clone(&job.forecast), told);
    }

    fn tell(&self, forecast: Arc<str>, told: Told) {
        self.outlets.board.told(&told);
        if let Err(error) = self.outlets.desk.tell(MemberSaid { forecast, told }) {
            tracing::warn!(member = %self.settings.name, %error, "an answer found nobody");
        }
    }
}

impl Actor for Member {
    type Context = Context<Self>;
    fn started(&mut self, _: &mut Self::Context) {
        match (self.settings.connect)() {
            Ok(forecaster) => {
                self.caller = Some(Caller {
                    member: self.settings.clone(),
                    forecaster: forecaster.into(),
                    tokens_max: self.tokens_max,
                    reserve: self.outlets.reserve.clone(),
                    settle: self.outlets.settle.clone(),
                    clock: self.outlets.clock.clone(),
                });
            }
            Err(why) => self.life.set_degraded(Some(why)),
        }
    }
}

impl Handler<AskMember> for Member {
    type Result = ();
    fn handle(&mut self, asked: AskMember, ctx: &mut Self::Context) {
        for index in 0..asked.samples {
            let (forecast, prompt) = (Arc::clone(&asked.forecast), Arc::clone(&asked.prompt));
            let job = Job { forecast, prompt, index, until: asked.until };
            if self.waiting.len() >= WAITING_MAX {
                self.give_up(&job, Failure::Late, "too many questions wait for it".to_owned());
            } else {
                self.waiting.push_back(job);
            }
        }
        self.begin(ctx);
    }
}
