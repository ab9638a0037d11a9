//! One question on its way through the swarm.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use engine::forecast::{AskedMarket, CacheKey, MemberName, Sample};

use super::answers::Timing;
use super::messages::Told;
use super::record::ForecastRecord;

/// What a round waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// For rules, notes and the note in the database that it is asked.
    Opening,
    /// For answers.
    Asking,
    /// For enough answers, although the time is over.
    Overdue,
    /// For answers that come late; the forecast is out, or there is none.
    Closed,
}

/// One question on its way.
#[derive(Debug)]
pub(super) struct Round {
    pub(super) phase: Phase,
    pub(super) market: AskedMarket,
    pub(super) record: Arc<ForecastRecord>,
    /// Calls there will be.
    pub(super) expected: usize,
    /// What came in time.
    pub(super) told: Vec<Told>,
    /// How many came too late.
    pub(super) late: usize,
    /// What each member was asked, for those who ask the same again.
    pub(super) keys: BTreeMap<MemberName, CacheKey>,
}

impl Round {
    pub(super) fn new(market: AskedMarket, record: Arc<ForecastRecord>) -> Self {
        let phase = Phase::Opening;
        let (told, keys) = (Vec::new(), BTreeMap::new());
        Self { phase, market, record, expected: 0, told, late: 0, keys }
    }
    /// Takes in an answer; says whether it counts.
    pub(super) fn take(&mut self, told: Told) -> Timing {
        let cost = told.sample.cost;
        let timing = match self.phase {
            Phase::Opening | Phase::Asking | Phase::Overdue => {
                self.told.push(told);
                Timing::InTime
            }
            Phase::Closed => {
                self.late += 1;
                Timing::Late
            }
        };
        let record = Arc::make_mut(&mut self.record);
        record.cost += cost;
        timing
    }
    /// Calls that have come to an end.
    pub(super) fn ended(&self) -> usize {
        self.told.len() + self.late
    }
    /// Nothing more will come.
    pub(super) fn is_over(&self) -> bool {
        self.phase != Phase::Opening && self.ended() >= self.expected
    }
    pub(super) fn samples(&self) -> Vec<Sample> {
        self.told.iter().map(|told| told.sample.clone()).collect()
    }
    /// How many members have stated a probability.
    pub(super) fn members_with_estimates(&self) -> usize {
        let stated = self
            .told
            .iter()
            .filter(|told| told.sample.answer().is_some_and(|answer| answer.estimate().is_some()));
        stated.map(|told| &told.sample.member).collect::<BTreeSet<_>>().len()
    }
    /// The members all of whose calls were answered, each with what it was asked.
    pub(super) fn cacheable(&self) -> Vec<(CacheKey, Vec<Told>)> {
        let of = |(name, key): (&MemberName, &CacheKey)| {
            let told = self.told.iter().filter(|told| told.sample.member == *name).cloned();
            let told: Vec<_> = told.collect();
            let is_whole = !told.is_empty() && told.iter().all(|it| it.sample.answer().is_some());
            is_whole.then(|| (key.clone(), told))
        };
        self.keys.iter().filter_map(of).collect()
    }
}
