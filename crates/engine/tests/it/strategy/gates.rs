//! Each gate of a strategy on its own.

use std::sync::Arc;

use domain::{DurationMillis, FeeSchedule, MarketState, Shares, UnixMillis, Usd};
use engine::opportunity::OpportunityKind;
use engine::risk::{GateValue, Rule};
use engine::signal::StrategyName;
use engine::strategy::{
    Analysis, CATALOGUE, StrategiesSettings, StrategySettings, StrategySettingsError, all,
};

use super::kit::{LATER, Scene, generous, in_group, in_pair, strategy_for};
use crate::kit::{NOW, Pair, market, plain_settings, usd};

fn scene() -> Scene {
    let pair = Pair::new(market(1)).yes("0.40x100", "0.42x100").no("0.45x100", "0.50x100");
    in_pair(pair, OpportunityKind::ParityLong, &plain_settings())
}

fn refusals(analysis: &Analysis) -> Vec<Rule> {
    analysis.review.refusals().map(|gate| gate.rule).collect()
}

fn with(scene: &Scene, change: impl FnOnce(&mut StrategySettings)) -> Vec<Rule> {
    let mut settings = generous();
    change(&mut settings);
    let analysis = strategy_for(scene.opportunity.kind, &settings).analyze(&scene.situation());
    assert_eq!(analysis.signal.is_some(), analysis.review.refusal().is_none());
    refusals(&analysis)
}

#[test]
fn every_gate_refuses_alone_and_names_value_and_limit() {
    let scene = scene();
    assert_eq!(with(&scene, |_| ()), []);
    assert_eq!(with(&scene, |settings| settings.enabled = false), [Rule::Disabled]);
    assert_eq!(with(&scene, |s| s.lasted_ms_min = DurationMillis(151)), [Rule::TooYoung]);
    assert_eq!(with(&scene, |s| s.vouched_ms_max = DurationMillis(9)), [Rule::TooOld]);
    assert_eq!(with(&scene, |settings| settings.edge_usd_min = usd("8.000001")), [Rule::EdgeMin]);
    assert_eq!(with(&scene, |settings| settings.edge_usd_min = usd("8")), []);
    assert_eq!(with(&scene, |settings| settings.score_min = 101), [Rule::ScoreMin]);
    assert_eq!(with(&scene, |s| s.size_max = Shares::from_whole(1)), [Rule::SizeMin]);
    assert_eq!(with(&scene, |settings| settings.budget_usd = usd("1.5")), [Rule::StrategyBudget]);
    let mut strategy = strategy_for(OpportunityKind::ParityLong, &generous());
    let young = strategy.analyze(&scene.at(UnixMillis(NOW.0 + 20)));
    let gate = young.review.refusal().unwrap();
    assert_eq!((&gate.value, &gate.limit), (&GateValue::Millis(20), &GateValue::Millis(100)));
    let other = strategy_for(OpportunityKind::ParityShort, &generous()).analyze(&scene.situation());
    assert_eq!(refusals(&other), [Rule::Disabled], "not a kind that it trades");
}

#[test]
fn a_market_that_is_closed_unknown_or_without_a_fee_is_not_traded() {
    let mut scene = scene();
    let change = |scene: &mut Scene, change: fn(&mut domain::Market)| {
        let mut market = (*scene.markets[0]).clone();
        change(&mut market);
        scene.markets = vec![Arc::new(market)];
    };
    change(&mut scene, |market| market.fee = FeeSchedule::Unknown);
    assert_eq!(with(&scene, |_| ()), [Rule::UnknownMarket]);
    change(&mut scene, |market| {
        market.fee = FeeSchedule::Known(domain::FeeTerms::FREE);
        market.state = MarketState::Paused;
    });
    assert_eq!(with(&scene, |_| ()), [Rule::UnknownMarket]);
    scene.markets.clear();
    assert_eq!(with(&scene, |_| ()), [Rule::UnknownMarket]);
}

#[test]
fn an_order_below_the_smallest_of_its_market_is_not_sent() {
    let mut listed = market(1);
    listed.order_size_min = Shares::from_whole(60);
    let pair = Pair::new(listed).yes("0.40x100", "0.42x100").no("0.45x100", "0.50x100");
    let scene = in_pair(pair, OpportunityKind::ParityLong, &plain_settings());
    assert_eq!(with(&scene, |s| s.size_max = Shares::from_whole(60)), []);
    assert_eq!(with(&scene, |s| s.size_max = Shares::from_whole(59)), [Rule::SizeMin]);
}

#[test]
fn a_group_whose_members_are_not_all_known_is_not_converted() {
    let cheap = |number| Pair::new(market(number)).yes("0.2x50", "0.30x50").no("0.6x50", "0.61x50");
    let pairs = vec![cheap(1), cheap(2), cheap(3)];
    let mut scene = in_group(pairs, 0, OpportunityKind::NegRiskConvert, &plain_settings());
    assert_eq!(with(&scene, |_| ()), []);
    scene.markets.pop();
    assert_eq!(with(&scene, |_| ()), [Rule::UnknownMarket]);
    scene.group = None;
    assert_eq!(with(&scene, |_| ()), [Rule::UnknownMarket]);
}

#[test]
fn a_place_rests_after_a_signal_and_the_next_signal_has_another_name() {
    let scene = scene();
    let mut settings = generous();
    settings.cool_down_ms = DurationMillis(5_000);
    let mut strategy = strategy_for(OpportunityKind::ParityLong, &settings);
    let first = strategy.analyze(&scene.situation()).signal.unwrap();
    let again = strategy.analyze(&scene.at(UnixMillis(LATER.0 + 4_999)));
    assert_eq!((refusals(&again), again.signal), (vec![Rule::CoolDown], None));
    let later = scene.at(UnixMillis(LATER.0 + 5_000));
    let second = strategy.analyze(&later).signal.unwrap();
    assert_eq!(first.id.as_str().strip_suffix(":1"), second.id.as_str().strip_suffix(":2"));
    // One that restarted gives the first wish its first name again, so that it is found out.
    let restarted = strategy_for(OpportunityKind::ParityLong, &settings).analyze(&later);
    assert_eq!(restarted.signal.unwrap().id, first.id);
}

#[test]
fn settings_that_cannot_be_meant_are_refused() {
    let name = StrategyName::new("mint_split").unwrap();
    let mut settings = StrategiesSettings::default();
    let text = r#"{"mint_split":{"budget_usd":"5"}}"#;
    assert_eq!(
        serde_json::from_str::<StrategiesSettings>(text).unwrap().of("mint_split").budget_usd,
        usd("5")
    );
    settings.0.insert(name, StrategySettings { budget_usd: usd("-1"), ..generous() });
    let negative = StrategySettingsError::Negative { name: "budget_usd" };
    assert_eq!(settings.validate(), Err(negative.clone()));
    let mut strategy = strategy_for(OpportunityKind::ParityShort, &generous());
    let bad = StrategySettings { budget_usd: usd("-1"), ..generous() };
    assert_eq!(strategy.routine_mut().set_settings(bad), Err(negative));
    assert_eq!(strategy.routine().settings(), &generous());
    let nobody = StrategyName::new("nobody").unwrap();
    let settings = StrategiesSettings([(nobody.clone(), generous())].into());
    assert_eq!(settings.validate(), Err(StrategySettingsError::Unknown { name: nobody }));
}

#[test]
fn every_kind_has_one_strategy_and_every_strategy_its_own_name() {
    let made = all(&StrategiesSettings::default());
    assert_eq!(made.len(), CATALOGUE.len());
    for (entry, strategy) in CATALOGUE.iter().zip(&made) {
        assert_eq!(entry.name, strategy.name().as_str());
    }
    for kind in OpportunityKind::ALL {
        let trading = made.iter().filter(|strategy| strategy.kinds().contains(&kind));
        assert_eq!(trading.count(), 1, "{kind}");
    }
    assert!(generous().edge_usd_min > Usd::ZERO);
}
