//! Situations for tests, from books.

use std::sync::Arc;

use domain::{DurationMillis, EventGroup, Market, Shares, UnixMillis, Usd};
use engine::detector::{DetectorSettings, examine_group, examine_pair};
use engine::opportunity::{Opportunity, OpportunityId, OpportunityKind};
use engine::risk::Rule;
use engine::strategy::{CATALOGUE, Manner, Room, Situation, Strategy, StrategySettings};

use crate::kit::{NOW, Pair, group_view, views};

/// When the strategies look: the books are of [`NOW`].
pub(crate) const LATER: UnixMillis = UnixMillis(NOW.0 + 150);

/// What was found, with all that a strategy is shown of it.
pub(crate) struct Scene {
    pub(crate) id: OpportunityId,
    pub(crate) opportunity: Opportunity,
    pub(crate) markets: Vec<Arc<Market>>,
    pub(crate) group: Option<EventGroup>,
    pub(crate) room: Room,
}

impl Scene {
    pub(crate) fn new(
        opportunity: Opportunity,
        pairs: &[Pair],
        group: Option<&EventGroup>,
    ) -> Self {
        let (kind, subject) = (opportunity.kind, opportunity.subject.clone());
        Self {
            id: OpportunityId { kind, subject, since: NOW },
            opportunity,
            markets: pairs.iter().map(|pair| Arc::new(pair.market.clone())).collect(),
            group: group.cloned(),
            room: endless(),
        }
    }
    pub(crate) fn at(&self, now: UnixMillis) -> Situation<'_> {
        Situation {
            id: &self.id,
            opportunity: &self.opportunity,
            markets: &self.markets,
            group: self.group.as_ref(),
            now,
            vouched_at: Some(UnixMillis(now.0 - 10)),
            room: self.room,
            manner: Manner::ByItself,
            under_way: None,
            forbidden: &[],
        }
    }
    pub(crate) fn situation(&self) -> Situation<'_> {
        self.at(LATER)
    }
}

pub(crate) fn endless() -> Room {
    let most = Usd::from_whole(1_000_000_000);
    Room {
        order_usd: most,
        market_usd: most,
        capital_usd: most,
        capital_rule: Rule::TotalUsd,
        leg_missing_loss_usd: most,
        floor_loss_usd: most,
    }
}

/// Settings under which the opportunity alone decides.
pub(crate) fn generous() -> StrategySettings {
    StrategySettings {
        budget_usd: Usd::from_whole(1_000_000_000),
        edge_usd_min: Usd::from_micros(1),
        size_max: Shares::from_whole(1_000_000),
        leg_missing_loss_usd_max: Usd::from_whole(1_000_000_000),
        cool_down_ms: DurationMillis(0),
        ..StrategySettings::default()
    }
}

/// The strategy of the catalogue that trades this kind.
pub(crate) fn strategy_for(
    kind: OpportunityKind,
    settings: &StrategySettings,
) -> Box<dyn Strategy> {
    let mut all = CATALOGUE.iter().filter_map(|entry| entry.fresh(*settings));
    all.find(|strategy| strategy.kinds().contains(&kind)).unwrap()
}

pub(crate) fn in_pair(pair: Pair, kind: OpportunityKind, settings: &DetectorSettings) -> Scene {
    let examination = examine_pair(&pair.view(), settings, NOW);
    let found = examination.found().iter().find(|found| found.kind == kind);
    let found = found.unwrap_or_else(|| panic!("{kind} is missing: {examination:?}")).clone();
    Scene::new(found, &[pair], None)
}

pub(crate) fn in_group(
    mut pairs: Vec<Pair>,
    fee_bips: u32,
    kind: OpportunityKind,
    settings: &DetectorSettings,
) -> Scene {
    let group = crate::kit::group(&mut pairs, fee_bips);
    let members = views(&pairs);
    let examination = examine_group(&group_view(&group, &members), settings, NOW);
    let found = examination.found().iter().find(|found| found.kind == kind);
    let found = found.unwrap_or_else(|| panic!("{kind} is missing: {examination:?}")).clone();
    Scene::new(found, &pairs, Some(&group))
}
