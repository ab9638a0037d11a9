//! Tells people what happens: decides by rule which alert goes through which channel, writes it down,
//! sends it, and tries again where that makes sense.
//!
//! ```text
//! Lookout ─RaiseAlert─▶ Alerts ─▶ database ─▶ channels      the lookout makes alerts of facts and states
//!                          └─AlertChanged─▶ Publisher       what was told, and how it fared
//! ```
//!
//! An alert is written down before it is sent, so that a restart neither loses nor repeats it. While
//! the database is away it is sent all the same: that the database is away is what people must hear.

mod board;
mod lookout;
mod messages;
mod outbox;
mod sending;
mod settings;
mod watching;
mod words;

use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use domain::{DurationMillis, UnixMillis};
use engine::alert::{Alert, ChannelName, Dispatch, Held, Verdict};
use notifiers::{Link, SendError, Watchman};
use store::{AlertRow, DeliveryRow, Store, StoreError, Word};

use crate::clock::Clock;
use crate::supervision::{Handle, Life};
use outbox::{Letter, Outbox, Put};

pub use board::{AlertRecord, AlertsBoard, ChannelStatus, WatchmanStatus};
pub use lookout::{Lookout, LookoutOutlets, LookoutSettings};
pub use messages::{AlertChanged, RaiseAlert, SendTest, TestRefused};
pub use settings::{AlertsPolicy, AlertsSettings, ChannelPlan, Health, OpenChannel, WatchmanPlan};
pub use words::{message, row_of};

const TICK: Duration = Duration::from_millis(200);
const RECONNECT: Duration = Duration::from_secs(5);
/// Alerts that wait to be written down; beyond it the oldest is left out and counted.
const UNWRITTEN_MAX: usize = 1_000;
/// Messages that are taken up again after a restart, at one time.
const RESUMED_MAX: u64 = 1_000;

/// The alerts.
pub struct Alerts {
    life: Life<Self>,
    settings: AlertsSettings,
    clock: Clock,
    board: Arc<AlertsBoard>,
    listeners: Vec<Handle<AlertChanged>>,
    dispatch: Dispatch,
    /// What `dispatch` and `outbox` go by.
    policy: Arc<AlertsPolicy>,
    database: Database,
    unwritten: VecDeque<Alert>,
    writing: Activity,
    outbox: Outbox,
    /// Messages for which there was no room wait in the database.
    left_behind: LeftBehind,
    /// Outcomes that are being written down.
    noting: usize,
    watchman: Option<Rc<Watchman>>,
    ping_due: UnixMillis,
    pinging: Activity,
}

enum Database {
    /// It is being opened for the first time; alerts wait so long.
    Opening,
    Open(Arc<Store>),
    /// It could not be opened; it is tried again.
    Away,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Activity {
    Idle,
    Busy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LeftBehind {
    Nothing,
    Some,
}

/// What was found in the database at the start.
struct Past {
    store: Store,
    waiting: Vec<(AlertRow, DeliveryRow)>,
    told: Vec<(AlertRow, DeliveryRow)>,
}

impl Alerts {
    /// Nothing told yet.
    #[must_use]
    pub fn new(
        life: Life<Self>,
        settings: AlertsSettings,
        clock: Clock,
        board: Arc<AlertsBoard>,
        listeners: Vec<Handle<AlertChanged>>,
    ) -> Self {
        let policy = settings.policy.get();
        let rules = settings.channels.iter().filter_map(|plan| {
            let rule = policy.rules.get(&plan.name)?;
            Some((plan.name, rule.clone()))
        });
        let dispatch = Dispatch::new(rules.collect(), settings.limits);
        Self {
            life,
            clock,
            board,
            listeners,
            dispatch,
            policy,
            database: Database::Opening,
            unwritten: VecDeque::new(),
            writing: Activity::Idle,
            outbox: Outbox::default(),
            left_behind: LeftBehind::Nothing,
            noting: 0,
            watchman: None,
            ping_due: UnixMillis(0),
            pinging: Activity::Idle,
            settings,
        }
    }

    fn open(&mut self) -> Result<(), SendError> {
        let link = Link::new(self.settings.http)?;
        for plan in &self.settings.channels {
            let channel = Rc::new((plan.open)(&link));
            self.outbox.open(plan.name, channel);
            self.board.set(plan.name, |_| {});
        }
        self.go_by(self.settings.policy.get());
        let watchman = self.settings.watchman.as_ref();
        self.watchman = watchman.map(|plan| Rc::new(Watchman::new(link, plan.url.clone())));
        Ok(())
    }

    fn go_by(&mut self, policy: Arc<AlertsPolicy>) {
        for (name, rule) in &policy.rules {
            self.dispatch.set_rule(*name, rule.clone());
            self.outbox.set_per_minute_max(*name, rule.per_minute_max);
        }
        self.policy = policy;
    }

    /// Goes by other rules where they changed meanwhile.
    fn renew_policy(&mut self) {
        let newest = self.settings.policy.get();
        if !Arc::ptr_eq(&newest, &self.policy) {
            self.go_by(newest);
        }
    }

    fn channel_words(&self) -> Vec<Word> {
        let names = self.outbox.channels().into_iter();
        names.filter_map(|name| Word::new(name.as_str()).ok()).collect()
    }

    /// Reads what still waits, and what was told lately.
    fn connect(&self, ctx: &mut Context<Self>) {
        let (settings, channels) = (self.settings.store.clone(), self.channel_words());
        let rules = self.policy.rules.values();
        let reach = rules.map(|rule| rule.repeat_after).max().unwrap_or(DurationMillis(0));
        let since = UnixMillis(self.clock.now().0.saturating_sub(reach.0));
        let opening = async move {
            let store = Store::connect(&settings).await?;
            store.migrate().await?;
            let waiting = store.alerts().waiting(&channels, RESUMED_MAX).await?;
            let told = store.alerts().told_since(since, RESUMED_MAX).await?;
            Ok::<_, StoreError>(Past { store, waiting, told })
        };
        ctx.spawn(opening.into_actor(self).map(|opened, actor, ctx| match opened {
            Ok(past) => {
                actor.life.set_degraded(None);
                actor.resume(past);
            }
            Err(error) => {
                let why = format!("alerts are told, and not written down: {error}");
                actor.life.set_degraded(Some(why));
                actor.database = Database::Away;
                ctx.run_later(RECONNECT, |actor, ctx| actor.connect(ctx));
            }
        }));
    }

    fn resume(&mut self, Past { store, waiting, told }: Past) {
        self.database = Database::Open(Arc::new(store));
        for (alert, delivery) in told {
            if let Some(channel) = ChannelName::parse(delivery.channel.as_str()) {
                self.dispatch.recall(channel, &alert.topic, alert.at);
            }
        }
        self.take_up(waiting);
    }

    /// Puts messages of the database into their queues; where the page was full there may be more.
    fn take_up(&mut self, waiting: Vec<(AlertRow, DeliveryRow)>) {
        let may_have_more = waiting.len() as u64 >= RESUMED_MAX;
        self.left_behind = if may_have_more { LeftBehind::Some } else { LeftBehind::Nothing };
        for (alert, delivery) in waiting {
            self.put(Letter { alert, delivery });
        }
    }

    fn put(&mut self, letter: Letter) {
        if self.outbox.put(letter) == Put::Full {
            self.left_behind = LeftBehind::Some;
        }
    }

    /// Once everything in the queues is through, takes up what there was no room for.
    fn fetch_left_behind(&mut self, ctx: &mut Context<Self>) {
        let is_through = self.outbox.is_empty() && self.noting == 0;
        let Database::Open(store) = &self.database else { return };
        if self.left_behind == LeftBehind::Nothing || !is_through {
            return;
        }
        self.left_behind = LeftBehind::Nothing;
        let (store, channels) = (Arc::clone(store), self.channel_words());
        let reading = async move { store.alerts().waiting(&channels, RESUMED_MAX).await };
        ctx.spawn(reading.into_actor(self).map(|waiting, actor, _| match waiting {
            Ok(waiting) => actor.take_up(waiting),
            Err(error) => {
                tracing::warn!(%error, "messages that wait cannot be read");
                actor.left_behind = LeftBehind::Some;
            }
        }));
    }

    fn take(&mut self, alert: Alert) {
        if self.unwritten.len() >= UNWRITTEN_MAX {
            self.unwritten.pop_front();
            self.board.count_left_out();
        }
        self.unwritten.push_back(alert);
    }

    fn tick(&mut self, ctx: &mut Context<Self>) {
        self.renew_policy();
        self.write_next(ctx);
        self.tell_backlogs();
        self.send_due(ctx);
        self.fetch_left_behind(ctx);
        self.ping(ctx);
    }

    /// Decides on the oldest alerts, writes the first that concerns anybody down with its messages,
    /// and puts them out.
    fn write_next(&mut self, ctx: &mut Context<Self>) {
        let store = match &self.database {
            Database::Opening => return,
            Database::Open(store) => Some(Arc::clone(store)),
            Database::Away => None,
        };
        while self.writing == Activity::Idle {
            let Some(alert) = self.unwritten.pop_front() else { return };
            let now = self.clock.now();
            let verdicts = self.dispatch.decide(&alert, now);
            self.count_held(&verdicts);
            if verdicts.iter().any(|(_, verdict)| concerns(*verdict)) {
                self.write(ctx, store.clone(), &alert, &verdicts, now);
            }
        }
    }

    fn write(
        &mut self,
        ctx: &mut Context<Self>,
        store: Option<Arc<Store>>,
        alert: &Alert,
        verdicts: &[(ChannelName, Verdict)],
        now: UnixMillis,
    ) {
        let Ok(row) = row_of(alert) else { return self.board.count_left_out() };
        let letters = letters(&row, verdicts, now);
        self.writing = Activity::Busy;
        let writing = async move {
            let Some(store) = store else { return (row, letters, None) };
            let written = store.alerts().raise(&row, &letters).await;
            (row, letters, Some(written))
        };
        ctx.spawn(writing.into_actor(self).map(|(row, letters, written), actor, ctx| {
            actor.writing = Activity::Idle;
            if let Some(Err(error)) = &written {
                tracing::warn!(%error, alert = %row.id, "an alert was not written down");
                actor.board.count_unwritten();
            }
            if !matches!(written, Some(Ok(false))) {
                actor.post(row, letters);
            }
            actor.write_next(ctx);
        }));
    }

    /// Puts the messages of a new alert out, and shows it.
    fn post(&mut self, row: AlertRow, letters: Vec<DeliveryRow>) {
        for delivery in &letters {
            self.put(Letter { alert: row.clone(), delivery: delivery.clone() });
        }
        let record = self.board.put(AlertRecord { alert: row, messages: letters });
        self.publish(record);
    }

    fn publish(&self, record: Arc<AlertRecord>) {
        for listener in &self.listeners {
            if listener.tell(AlertChanged(Arc::clone(&record))).is_err() {
                tracing::debug!(alert = %record.alert.id, "nobody was shown an alert");
            }
        }
    }

    fn count_held(&self, verdicts: &[(ChannelName, Verdict)]) {
        for (channel, verdict) in verdicts {
            if matches!(verdict, Verdict::Held(_)) {
                self.board.set(*channel, |status| status.held += 1);
            }
        }
    }

    /// What was held back for want of room is told in one message, which nobody writes down.
    fn tell_backlogs(&mut self) {
        let now = self.clock.now();
        for name in self.outbox.channels() {
            let Some(backlog) = self.dispatch.take_backlog(name, now) else { continue };
            let Ok(row) = row_of(&words::about_backlog(backlog, now)) else { continue };
            if let Some(delivery) = Letter::waiting(&row, name, now) {
                self.put(Letter { alert: row, delivery });
            }
        }
    }
}

/// Whether anybody is told, or would have been with more room.
const fn concerns(verdict: Verdict) -> bool {
    match verdict {
        Verdict::Now | Verdict::At(_) | Verdict::Held(Held::TooMany | Held::QueueFull) => true,
        Verdict::Held(Held::Kind | Held::Severity | Held::Size | Held::Market | Held::Repeated) => {
            false
        }
    }
}

fn letters(
    row: &AlertRow,
    verdicts: &[(ChannelName, Verdict)],
    now: UnixMillis,
) -> Vec<DeliveryRow> {
    let letter = |(channel, verdict): &(ChannelName, Verdict)| match verdict {
        Verdict::Now => Letter::waiting(row, *channel, now),
        Verdict::At(at) => Letter::waiting(row, *channel, *at),
        Verdict::Held(_) => None,
    };
    verdicts.iter().filter_map(letter).collect()
}

impl Actor for Alerts {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        if let Err(error) = self.open() {
            return self.life.fail(ctx, format!("no channel can be opened: {error}"));
        }
        self.connect(ctx);
        ctx.run_interval(TICK, Self::tick);
    }
}

impl Handler<RaiseAlert> for Alerts {
    type Result = ();
    fn handle(&mut self, RaiseAlert(alert): RaiseAlert, ctx: &mut Self::Context) {
        self.renew_policy();
        self.take(alert);
        self.write_next(ctx);
    }
}

impl Handler<SendTest> for Alerts {
    type Result = ResponseActFuture<Self, Result<(), TestRefused>>;
    fn handle(&mut self, test: SendTest, _: &mut Self::Context) -> Self::Result {
        let SendTest { channel, id } = test;
        let now = self.clock.now();
        let row = words::test_row(id, channel, now);
        let (Ok(row), Database::Open(store)) = (row, &self.database) else {
            return Box::pin(fut::ready(Err(TestRefused::StoreDown)));
        };
        let is_open = self.outbox.channels().contains(&channel);
        let Some(letter) = Letter::waiting(&row, channel, now).filter(|_| is_open) else {
            return Box::pin(fut::ready(Err(TestRefused::NoChannel(channel))));
        };
        let store = Arc::clone(store);
        let writing = async move {
            let letters = vec![letter];
            let written = store.alerts().raise(&row, &letters).await;
            (row, letters, written)
        };
        Box::pin(writing.into_actor(self).map(|(row, letters, written), actor, _| match written {
            Ok(true) => {
                actor.post(row, letters);
                Ok(())
            }
            Ok(false) => Ok(()),
            Err(error) => {
                tracing::warn!(%error, "a test message was not written down");
                Err(TestRefused::StoreDown)
            }
        }))
    }
}
