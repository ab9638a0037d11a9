//! Who chooses the questions, collects the answers and publishes what comes of them.

mod asking;
mod closing;
mod past;
mod resolutions;
mod schedule;
mod writing;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix::prelude::*;
use domain::{ConditionId, UnixMillis};
use engine::forecast::{MemberName, Panel};
use store::Store;

use super::board::{RunningRound, SwarmBoard};
use super::cache::AnswerCache;
use super::messages::{AskMember, AskRefused, AskSwarm, ForecastChanged, MemberSaid};
use super::record::ForecastRecord;
use super::round::{Phase, Round};
use super::settings::SwarmSettings;
use crate::books::TouchBoard;
use crate::clock::Clock;
use crate::collectors::Listing;
use crate::shared::Shared;
use crate::supervision::{Handle, Life};
use past::Past;
use writing::Write;

const CONNECT_AGAIN: Duration = Duration::from_secs(2);
/// How often it is looked whether a question of the swarm's own is due.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);
const WRITE_INTERVAL: Duration = Duration::from_millis(250);
const PRUNE_INTERVAL: Duration = Duration::from_secs(600);

/// What the desk reads and whom it tells.
#[derive(Clone)]
pub(super) struct DeskOutlets {
    /// Where it takes the time from.
    pub(super) clock: Clock,
    /// Where it says how the swarm stands.
    pub(super) board: Arc<SwarmBoard>,
    /// Every market.
    pub(super) listing: Shared<Listing>,
    /// What markets cost.
    pub(super) touches: Arc<TouchBoard>,
    /// Who hears of forecasts.
    pub(super) listeners: Vec<Handle<ForecastChanged>>,
}

/// A model, as the desk reaches it.
#[derive(Clone)]
pub(super) struct Seat {
    pub(super) name: MemberName,
    pub(super) model: String,
    pub(super) member: Handle<AskMember>,
}

/// The desk.
pub(super) struct SwarmDesk {
    life: Life<Self>,
    settings: Arc<SwarmSettings>,
    outlets: DeskOutlets,
    /// In the order of the settings.
    seats: Vec<Seat>,
    store: Option<Store>,
    panel: Panel,
    /// When each market was last asked about.
    asked: BTreeMap<ConditionId, UnixMillis>,
    rounds: BTreeMap<Arc<str>, Round>,
    cache: AnswerCache,
    chosen_at: Option<Instant>,
    writes: VecDeque<Write>,
    writing: Writing,
    unlearned: Unlearned,
}

/// Whether answers came after their market's end was learned of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unlearned {
    Nothing,
    LateAnswers,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Writing {
    Idle,
    Busy,
}

impl SwarmDesk {
    /// Knows nothing of the past yet.
    pub(super) fn new(
        life: Life<Self>,
        settings: Arc<SwarmSettings>,
        outlets: DeskOutlets,
        seats: Vec<Seat>,
    ) -> Self {
        Self {
            life,
            settings,
            outlets,
            seats,
            store: None,
            panel: Panel::default(),
            asked: BTreeMap::new(),
            rounds: BTreeMap::new(),
            cache: AnswerCache::default(),
            chosen_at: None,
            writes: VecDeque::new(),
            writing: Writing::Idle,
            unlearned: Unlearned::Nothing,
        }
    }

    fn connect(&self, ctx: &mut Context<Self>) {
        let (settings, now) = (Arc::clone(&self.settings), self.outlets.clock.now());
        let opened = async move {
            let store = Store::connect(&settings.store).await?;
            store.migrate().await?;
            let lost = "the program ended before the answers were in";
            store.forecasts().fail_unfinished(lost).await?;
            let past = Past::read(&store, &settings, now).await?;
            Ok::<_, store::StoreError>((store, past))
        };
        ctx.spawn(opened.into_actor(self).map(move |opened, desk, ctx| match opened {
            Ok((store, past)) => {
                desk.store = Some(store);
                desk.life.set_degraded(None);
                desk.count_costs(&past, now);
                desk.remember(past);
                desk.outlets.board.change(|view| view.is_ready = true);
            }
            Err(error) => {
                desk.life.set_degraded(Some(format!("the past cannot be read: {error}")));
                ctx.run_later(CONNECT_AGAIN, |desk, ctx| desk.connect(ctx));
            }
        }));
    }

    /// Tells everybody how a forecast stands now.
    fn announce(&self, record: &Arc<ForecastRecord>) {
        self.outlets.board.put(record);
        for listener in &self.outlets.listeners {
            if let Err(error) = listener.tell(ForecastChanged(Arc::clone(record))) {
                tracing::warn!(forecast = %record.id, %error, "somebody did not hear of a forecast");
            }
        }
    }

    /// Puts the questions that are being asked where people see them.
    fn show_rounds(&self) {
        let open = self.rounds.values().filter(|round| round.phase != Phase::Closed);
        let running = open.map(|round| RunningRound {
            id: Arc::clone(&round.record.id),
            title: Arc::clone(&round.record.title),
            asked_at: round.record.asked_at,
            ended: round.ended(),
            expected: round.expected,
        });
        let running = running.collect();
        self.outlets.board.change(|view| view.running = running);
    }

    /// Questions that are being asked.
    fn open_rounds(&self) -> usize {
        self.rounds.values().filter(|round| round.phase != Phase::Closed).count()
    }
}

impl Actor for SwarmDesk {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        self.outlets.board.change(|view| {
            view.is_ready = false;
            view.running.clear();
        });
        self.connect(ctx);
        ctx.run_interval(LOOK_INTERVAL, Self::look);
        ctx.run_interval(WRITE_INTERVAL, |desk, ctx| desk.write(ctx));
        ctx.run_interval(PRUNE_INTERVAL, |desk, ctx| desk.prune(ctx));
        ctx.run_interval(self.settings.resolutions_interval, |desk, ctx| desk.look_for_ends(ctx));
    }
}

impl Handler<AskSwarm> for SwarmDesk {
    type Result = Result<String, AskRefused>;
    fn handle(&mut self, asked: AskSwarm, ctx: &mut Self::Context) -> Self::Result {
        self.ask(&asked, ctx)
    }
}

impl Handler<MemberSaid> for SwarmDesk {
    type Result = ();
    fn handle(&mut self, MemberSaid { forecast, told }: MemberSaid, _: &mut Self::Context) {
        self.take(&forecast, told);
    }
}
