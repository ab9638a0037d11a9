//! How the swarm stands, readable without asking anybody. It outlives every role behind it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use domain::{UnixMillis, Usd};
use engine::forecast::{Failure, MemberName, Outcome, Rung, Standing};
use engine::strategy::TrackRecord;
use parking_lot::RwLock;
use store::BudgetDay;

use super::messages::Told;
use super::record::ForecastRecord;
use super::scores::SwarmScores;
use super::settings::SwarmSettings;
use crate::shared::Shared;

/// Forecasts that are kept at hand; the database has all.
const RECENT_MAX: usize = 200;

/// One model, since the program started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberStatus {
    /// As people name it.
    pub name: MemberName,
    /// The provider's name of the model.
    pub model: String,
    /// The provider's host.
    pub provider: String,
    /// Why it is not asked; `None` where it is.
    pub absent: Option<String>,
    /// Calls.
    pub asked: u64,
    /// Calls with an answer that can be read.
    pub answered: u64,
    /// The others, by reason.
    pub failures: BTreeMap<Failure, u64>,
    /// The last thing that went wrong. May hold words of the provider: untrusted text.
    pub last_error: Option<String>,
    /// When the last answer came.
    pub last_answered_at: Option<UnixMillis>,
    /// How long that took, in milliseconds.
    pub latency_ms: Option<i64>,
    /// What it cost.
    pub cost: Usd,
    /// What its calls of one day cost, whichever process made them, and which day, as
    /// [`BudgetDay::day`] counts.
    pub cost_of_day: (i64, Usd),
}

impl MemberStatus {
    fn new(name: &MemberName, model: &str, provider: &str, absent: Option<String>) -> Self {
        Self {
            name: name.clone(),
            model: model.to_owned(),
            provider: provider.to_owned(),
            absent,
            asked: 0,
            answered: 0,
            failures: BTreeMap::new(),
            last_error: None,
            last_answered_at: None,
            latency_ms: None,
            cost: Usd::ZERO,
            cost_of_day: (i64::MIN, Usd::ZERO),
        }
    }
    /// What its calls of that day cost.
    #[must_use]
    pub fn cost_on(&self, day: i64) -> Usd {
        let (of, cost) = self.cost_of_day;
        if of == day { cost } else { Usd::ZERO }
    }
    fn pay(&mut self, at: UnixMillis, cost: Usd) {
        let day = BudgetDay::of(at);
        self.cost += cost;
        self.cost_of_day = (day, self.cost_on(day) + cost);
    }
}

/// A question that is being asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunningRound {
    /// The name of the forecast that will come of it.
    pub id: Arc<str>,
    /// The question. From outside: untrusted text.
    pub title: Arc<str>,
    /// When it was asked.
    pub asked_at: UnixMillis,
    /// Calls that have come to an end.
    pub ended: usize,
    /// Calls there will be.
    pub expected: usize,
}

/// How the swarm stands.
#[derive(Clone, Debug, Default)]
pub struct SwarmView {
    /// Whether the past has been read and questions are taken.
    pub is_ready: bool,
    /// The models, in the order of the settings; those that cannot be asked last.
    pub members: Vec<MemberStatus>,
    /// The day's money; `None` until it was read.
    pub budget: Option<BudgetDay>,
    /// How much is asked with the money that is left; `None` until it was looked at.
    pub rung: Option<Rung>,
    /// What is known of everybody that ever answered.
    pub standings: Vec<Standing>,
    /// Questions that are being asked.
    pub running: Vec<RunningRound>,
    /// How good the forecasts were.
    pub scores: Arc<SwarmScores>,
}

/// The board.
#[derive(Debug, Default)]
pub struct SwarmBoard {
    view: RwLock<SwarmView>,
    /// Newest first.
    recent: RwLock<VecDeque<Arc<ForecastRecord>>>,
    record: Shared<TrackRecord>,
}

impl SwarmBoard {
    /// With everybody who is named in the settings.
    #[must_use]
    pub fn new(settings: &SwarmSettings) -> Self {
        let present = settings
            .members
            .iter()
            .map(|it| MemberStatus::new(&it.name, &it.model, &it.provider, None));
        let absent = settings
            .absent
            .iter()
            .map(|(name, why)| MemberStatus::new(name, "", "", Some(why.clone())));
        let members = present.chain(absent).collect();
        let view = SwarmView { members, ..SwarmView::default() };
        Self { view: RwLock::new(view), recent: RwLock::default(), record: Shared::default() }
    }
    /// Keeps that record up to date for whoever trades what the swarm says.
    #[must_use]
    pub fn with_record(self, record: Shared<TrackRecord>) -> Self {
        Self { record, ..self }
    }
    /// How the swarm stands now.
    #[must_use]
    pub fn view(&self) -> SwarmView {
        self.view.read().clone()
    }
    /// The forecasts of late, newest first.
    #[must_use]
    pub fn recent(&self) -> Vec<Arc<ForecastRecord>> {
        self.recent.read().iter().cloned().collect()
    }
    /// A forecast of late.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<Arc<ForecastRecord>> {
        self.recent.read().iter().find(|record| &*record.id == id).cloned()
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut SwarmView)) {
        let mut view = self.view.write();
        change(&mut view);
        self.record.set(Arc::new(view.scores.track_record()));
    }
    pub(super) fn set_budget(&self, day: BudgetDay) {
        self.change(|view| view.budget = Some(day));
    }
    /// What a model's calls of the day of `now` have cost, as the database says.
    pub(super) fn set_cost_today(&self, name: &str, now: UnixMillis, cost: Usd) {
        let mut view = self.view.write();
        if let Some(member) = view.members.iter_mut().find(|it| it.name.as_str() == name) {
            member.cost_of_day = (BudgetDay::of(now), cost);
        }
    }
    /// Puts a forecast in place of its earlier self, or in front.
    pub(super) fn put(&self, record: &Arc<ForecastRecord>) {
        let mut recent = self.recent.write();
        match recent.iter_mut().find(|known| known.id == record.id) {
            Some(known) => *known = Arc::clone(record),
            None => recent.push_front(Arc::clone(record)),
        }
        recent.truncate(RECENT_MAX);
    }
    /// Counts a call.
    pub(super) fn told(&self, told: &Told) {
        let mut view = self.view.write();
        let member = view.members.iter_mut().find(|it| it.name == told.sample.member);
        let Some(member) = member else { return };
        member.asked += 1;
        member.pay(told.at, told.sample.cost);
        if told.error.is_some() {
            member.last_error.clone_from(&told.error);
        }
        match told.sample.outcome {
            Outcome::Answered(_) => {
                member.answered += 1;
                member.last_answered_at = Some(told.at);
                member.latency_ms = Some(told.sample.latency_ms.0);
            }
            Outcome::Failed(failure) => *member.failures.entry(failure).or_default() += 1,
        }
    }
}
