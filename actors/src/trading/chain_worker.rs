//! Carries transactions out: prepares what is to be signed, sends what is written down, and follows
//! it until it is final.
//!
//! Nothing leaves before the desk has it in the journal: preparing gives bytes, the desk writes them
//! down and hands them back, and only then are they sent. The same bytes can be sent any number of
//! times, for of everything with one nonce one thing can happen. What the worker remembers is worth
//! nothing: after a restart the desk asks again for whatever is open.

mod carried;
mod operations;
mod prepare;
mod resolutions;
mod settings;
mod signed;
mod trouble;

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use domain::{ConditionId, DurationMillis, UnixMillis};
use engine::desk::{Effect, Input, TaskIntent, TaskNumber, TaskSight, TaskState};
use polymarket::chain::{ChainSender, ChainStatus, Prepared, SenderError, SubmitOutcome};

use super::TradingBoard;
use super::messages::{News, Perform};
use crate::clock::Clock;
use crate::crash_point::{CrashPoint, passing};
use crate::shared::Shared;
use crate::supervision::{Handle, Life};
use crate::tenure::Tenure;
use carried::{Carried, Told, Word};
use engine::universe::Watched;
use signed::Signed;
use trouble::Trouble;

pub use operations::{Unclear, operations};
pub use settings::{ChainAccess, ChainAccessError, ChainWorkerSettings, RelayerAccess};

/// How often it is looked whether something is due.
const TICK: Duration = Duration::from_millis(100);
/// Tasks that wait to be prepared. Beyond it they are left: the desk asks again.
const WAITING_MAX: usize = 16;
/// Transactions on their way. Beyond it they are left: the desk asks again.
const CARRIED_MAX: usize = 64;
/// What was prepared is given once more where the desk did not hear it, while it is this young.
const REPEAT_WITHIN: DurationMillis = DurationMillis(60_000);

/// Whom the worker tells.
#[derive(Clone)]
pub struct ChainOutlets {
    /// What became of transactions, and which markets are resolved.
    pub news: Handle<News>,
    /// How trading stands, and what the chain refuses.
    pub board: Arc<TradingBoard>,
    /// The markets that are listed.
    pub watched: Shared<Watched>,
    /// By what right anything is sent.
    pub tenure: Tenure,
}

/// The worker.
pub struct ChainWorker {
    life: Life<Self>,
    settings: Rc<ChainWorkerSettings>,
    clock: Clock,
    access: ChainAccess,
    outlets: ChainOutlets,
    trouble: Trouble,
    sender: Option<Rc<ChainSender>>,
    waiting: VecDeque<TaskIntent>,
    preparing: Option<TaskNumber>,
    prepared: Option<(TaskNumber, TaskSight, UnixMillis)>,
    carried: BTreeMap<TaskNumber, Carried>,
    /// The nonces below this are used up, as far as this incarnation has seen.
    nonce_min: u64,
    looking: Activity,
    watching: Activity,
    asked_last: Option<ConditionId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Activity {
    Idle,
    Busy,
}

/// What one look brought.
struct Look {
    text: String,
    submitted: Option<SubmitOutcome>,
    status: Result<ChainStatus, SenderError>,
    dearer: Option<Result<Prepared, SenderError>>,
}

impl ChainWorker {
    /// Nothing is opened yet.
    #[must_use]
    pub fn new(
        life: Life<Self>,
        settings: ChainWorkerSettings,
        clock: Clock,
        access: ChainAccess,
        outlets: ChainOutlets,
    ) -> Self {
        Self {
            life,
            settings: Rc::new(settings),
            clock,
            access,
            trouble: Trouble(Arc::clone(&outlets.board)),
            outlets,
            sender: None,
            waiting: VecDeque::new(),
            preparing: None,
            prepared: None,
            carried: BTreeMap::new(),
            nonce_min: 0,
            looking: Activity::Idle,
            watching: Activity::Idle,
            asked_last: None,
        }
    }

    fn tell(&self, inputs: Vec<Input>) -> bool {
        match self.outlets.news.tell(News(inputs)) {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!(%error, "news of the chain was not taken; it is told again");
                false
            }
        }
    }

    fn intend(&mut self, intent: TaskIntent) {
        let number = intent.number;
        let now = self.clock.now();
        if let Some((known, sight, at)) = &self.prepared
            && *known == number
            && now.since(*at) < REPEAT_WITHIN
        {
            self.tell(vec![Input::Task(number, sight.clone())]);
            return;
        }
        let is_known = self.preparing == Some(number)
            || self.carried.contains_key(&number)
            || self.waiting.iter().any(|waiting| waiting.number == number);
        if is_known || self.waiting.len() >= WAITING_MAX {
            return;
        }
        self.waiting.push_back(intent);
    }

    /// One at a time: the next number of the account is known only when the last one has one.
    fn prepare_next(&mut self, ctx: &mut Context<Self>) {
        let Some(sender) = self.sender.clone() else { return };
        if self.preparing.is_some() {
            return;
        }
        let Some(TaskIntent { number, task }) = self.waiting.pop_front() else { return };
        self.preparing = Some(number);
        let nonces = self.carried.values().filter_map(|carried| carried.signed().nonce());
        let desk = prepare::Desk {
            sender,
            settings: Rc::clone(&self.settings),
            clock: self.clock.clone(),
            trouble: self.trouble.clone(),
            nonce_min: nonces.map(|nonce| nonce + 1).fold(self.nonce_min, u64::max),
        };
        let preparing = async move {
            let sight = prepare::prepare(&desk, &task).await;
            passing(CrashPoint::Prepared);
            sight
        };
        ctx.spawn(preparing.into_actor(self).map(move |sight, actor, ctx| {
            actor.preparing = None;
            actor.prepared = Some((number, sight.clone(), actor.clock.now()));
            actor.tell(vec![Input::Task(number, sight)]);
            actor.prepare_next(ctx);
        }));
    }

    fn carry(&mut self, number: TaskNumber, text: String) {
        let signed = match Signed::read(&text) {
            Ok(signed) => signed,
            Err(error) => {
                tracing::error!(%number, %error, "a transaction cannot be read back");
                self.trouble.say(&format!("transaction {number} cannot be read back: {error}"));
                return;
            }
        };
        let (now, told) = (self.clock.now(), self.known_to_desk(number));
        if let Some(carried) = self.carried.get_mut(&number) {
            return carried.asked_again(text, signed, told, now);
        }
        if self.carried.len() < CARRIED_MAX {
            self.carried.insert(number, Carried::new(text, signed, told, now));
        }
    }

    fn known_to_desk(&self, number: TaskNumber) -> Told {
        let view = self.outlets.board.view();
        let is_mined = view.is_some_and(|view| {
            let mut tasks = view.tasks.iter();
            tasks.any(|task| task.number == number && task.state == TaskState::Mined)
        });
        if is_mined { Told::Mined } else { Told::Nothing }
    }

    /// Looks at everything that is due, one after the other.
    fn look(&mut self, ctx: &mut Context<Self>) {
        let now = self.clock.now();
        let due = self.carried.iter().filter(|(_, carried)| carried.is_due(now));
        let due: Vec<(TaskNumber, Carried)> =
            due.map(|(number, carried)| (*number, carried.clone())).collect();
        let Some(sender) = self.sender.clone() else { return };
        if self.looking == Activity::Busy || due.is_empty() {
            return;
        }
        self.looking = Activity::Busy;
        let (settings, clock, life) =
            (Rc::clone(&self.settings), self.clock.clone(), self.life.clone());
        let tenure = self.outlets.tenure.clone();
        let looking = async move {
            let mut looks = Vec::with_capacity(due.len());
            for (number, carried) in due {
                if life.is_current() {
                    let look = look_at(&sender, &settings, &carried, &tenure, clock.now()).await;
                    looks.push((number, look));
                }
            }
            looks
        };
        ctx.spawn(looking.into_actor(self).map(|looks, actor, _| {
            actor.looking = Activity::Idle;
            for (number, look) in looks {
                actor.learn(number, look);
            }
        }));
    }

    fn learn(&mut self, number: TaskNumber, look: Look) {
        let (now, settings) = (self.clock.now(), Rc::clone(&self.settings));
        // Something else may be signed by now: then the look says too little.
        let known = self.carried.get_mut(&number).filter(|known| known.text() == look.text);
        let Some(carried) = known else { return };
        let mut wrong = look.submitted.and_then(|outcome| carried.sent(outcome, &settings, now));
        let word = match look.status {
            Ok(status) => carried.seen(&status, &settings, now),
            Err(error) => {
                carried.look_later(&settings, now);
                wrong = Some(format!("what became of a transaction cannot be seen now: {error}"));
                Word::Silent
            }
        };
        match &wrong {
            Some(why) => self.trouble.say(why),
            None => self.trouble.over(),
        }
        match word {
            Word::Silent => {}
            Word::Changed(sight) => {
                if self.tell(vec![Input::Task(number, sight.clone())])
                    && let Some(carried) = self.carried.get_mut(&number)
                {
                    carried.was_told(&sight);
                }
            }
            Word::Ended(sight) => {
                let nonce = self.carried.get(&number).and_then(|it| it.signed().nonce());
                if sight == TaskSight::Confirmed {
                    self.nonce_min = nonce.map_or(0, |nonce| nonce + 1).max(self.nonce_min);
                }
                if self.tell(vec![Input::Task(number, sight)]) {
                    self.carried.remove(&number);
                }
            }
        }
        if let Some(dearer) = look.dearer {
            self.replace(number, dearer);
        }
    }

    /// Has a dearer signature written down; it leaves when the desk hands it back.
    fn replace(&mut self, number: TaskNumber, dearer: Result<Prepared, SenderError>) {
        let now = self.clock.now();
        let Some(carried) = self.carried.get_mut(&number) else { return };
        carried.replacing(now);
        let former = carried.text().to_owned();
        let signed = match dearer {
            Ok(dearer) => carried.signed().with(dearer),
            Err(error) => {
                let why = format!("transaction {number} waits and cannot offer more gas: {error}");
                return self.trouble.say(&why);
            }
        };
        let reference = signed.reference();
        match signed.text() {
            Ok(prepared) => {
                let sight = TaskSight::Replaced { former, prepared, reference };
                self.tell(vec![Input::Task(number, sight)]);
            }
            Err(error) => self.trouble.say(&error.to_string()),
        }
    }

    fn watch_resolutions(&mut self, ctx: &mut Context<Self>) {
        let (Some(view), Some(sender)) = (self.outlets.board.view(), self.sender.clone()) else {
            return;
        };
        if self.watching == Activity::Busy {
            return;
        }
        let (now, count_max) = (self.clock.now(), self.settings.resolutions_per_round_max);
        let watched = self.outlets.watched.get();
        let last = self.asked_last;
        let markets = resolutions::candidates(&view, &watched, now, last, count_max);
        if markets.is_empty() {
            return;
        }
        self.watching = Activity::Busy;
        let trouble = self.trouble.clone();
        let asking = async move { resolutions::ask(&sender, &trouble, markets).await };
        ctx.spawn(asking.into_actor(self).map(|(found, last), actor, _| {
            actor.watching = Activity::Idle;
            actor.asked_last = last.or(actor.asked_last);
            if !found.is_empty() {
                actor.tell(found);
            }
        }));
    }
}

/// Sends what is to be sent, then asks what became of it.
async fn look_at(
    sender: &ChainSender,
    settings: &ChainWorkerSettings,
    carried: &Carried,
    tenure: &Tenure,
    now: UnixMillis,
) -> Look {
    let newest = carried.signed().newest();
    let mut tickets = carried.tickets().to_vec();
    let mut submitted = None;
    if let Some(newest) = newest.filter(|_| carried.is_to_be_sent(now) && tenure.check().is_ok()) {
        passing(CrashPoint::Submitting);
        let outcome = sender.submit(newest, now).await;
        passing(CrashPoint::Submitted);
        if let SubmitOutcome::Accepted(ticket) = &outcome {
            tickets.push(ticket.clone());
        }
        submitted = Some(outcome);
    }
    let attempts = carried.signed().attempts();
    let status = sender.status(attempts, &tickets, settings.confirmations_min, now).await;
    let waits = matches!(status, Ok(ChainStatus::Pending | ChainStatus::Unknown));
    let dearer = match (sender, newest) {
        (ChainSender::Direct(_), Some(newest)) if waits && carried.is_stuck(settings, now) => {
            Some(sender.replacement(newest).await)
        }
        _ => None,
    };
    Look { text: carried.text().to_owned(), submitted, status, dearer }
}

impl Actor for ChainWorker {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        match self.access.connect() {
            Ok(sender) => self.sender = Some(Rc::new(sender)),
            Err(error) => {
                self.trouble.say(&format!("transactions cannot be carried out: {error}"));
                self.life.set_degraded(Some(error.to_string()));
            }
        }
        self.life.ready();
        ctx.run_interval(TICK, |actor, ctx| {
            actor.prepare_next(ctx);
            actor.look(ctx);
        });
        ctx.run_interval(self.settings.resolution_interval, |actor, ctx| {
            actor.watch_resolutions(ctx);
        });
    }
}

impl Handler<Perform> for ChainWorker {
    type Result = ();
    fn handle(&mut self, perform: Perform, ctx: &mut Self::Context) {
        for durable in perform.0 {
            match durable.into_effect() {
                Effect::Prepare(approved) => self.intend(approved.into_inner()),
                Effect::Submit(approved) => {
                    let task = approved.into_inner();
                    self.carry(task.number, task.prepared);
                }
                other => tracing::error!(?other, "this is nothing for the chain"),
            }
        }
        self.prepare_next(ctx);
        self.look(ctx);
    }
}
