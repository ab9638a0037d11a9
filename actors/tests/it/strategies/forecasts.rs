//! What becomes of a forecast.

use engine::strategy::Considered;
use std::sync::Arc;

use actors::books::{MarketTouch, OutcomeTouch};
use actors::strategies::ForecastPublished;
use domain::{Price, Probability, Touch, UnixMillis, Usd};
use engine::books::{Epoch, Trust};
use engine::desk::Control;
use engine::forecast::{AskedMarket, Consensus, Forecast};
use engine::risk::Rule;
use engine::strategy::{CATALOGUE, StrategySettings, TrackRecord};

use super::scene::Scene;
use super::{Stage, at_work, named, status};
use crate::supervision::victim::{in_system, until};

const NAME: &str = "forecast_edge";

fn cents(cents: u16) -> Option<Price> {
    Price::from_cents(cents)
}

/// 80 of 100 for the first outcome of the scene's market.
fn forecast(scene: &Scene, made_at: UnixMillis) -> ForecastPublished {
    let markets = scene.outlets.agents.listing.get();
    let market = markets.markets.values().next().unwrap();
    let at = |hundredths: u32| Probability::from_millionths(hundredths * 10_000).unwrap();
    ForecastPublished(Arc::new(Forecast {
        market: AskedMarket {
            condition: market.condition,
            group: None,
            closes_at: None,
            price: cents(41).unwrap(),
        },
        asked_at: made_at,
        made_at,
        prompt_version: 1,
        blind: at(85),
        blended: at(80),
        low: at(75),
        high: at(85),
        market_weight_ppm: 666_667,
        disagreement_millilogits: 0,
        ballots: Vec::new(),
        consensus: Consensus::of(&[], 0),
        cost: Usd::ZERO,
    }))
}

/// Asked 0.42 for YES and 0.60 for NO.
fn show_touches(scene: &Scene, trust: Trust) {
    let markets = scene.outlets.agents.listing.get();
    let condition = *markets.markets.keys().next().unwrap();
    let outcome = |bid, ask| OutcomeTouch {
        touch: Touch { bid: cents(bid), ask: cents(ask) },
        trust,
        epoch: Epoch::default(),
        stated_at: scene.vouched_at(),
    };
    let outcomes = [outcome(40, 42), outcome(58, 60)];
    let touch = MarketTouch { condition, outcomes, why: None };
    scene.outlets.agents.forecasts.touches.set(&[touch]);
}

async fn switched_on(stage: &Stage) {
    let settings = StrategySettings { enabled: true, ..StrategySettings::at_first(NAME) };
    stage.heard.command(Control::SetStrategy(named(NAME), Box::new(settings)));
    let trading = &stage.scene.outlets.agents.trading;
    let told = || {
        let view = trading.view().unwrap();
        view.strategies.get(&named(NAME)).and_then(|state| state.settings) == Some(settings)
    };
    until("the desk knows that it is on", told).await;
}

async fn refused_by(stage: &Stage, rule: Rule) {
    let board = Arc::clone(&stage.scene.outlets.agents.strategies);
    let refused = || status(&board, &named(NAME)).refusals.get(&rule) == Some(&1);
    until("a refusal", refused).await;
    assert!(stage.heard.signals().is_empty());
    if rule == Rule::Disabled {
        assert!(stage.heard.passed().is_empty(), "it says nothing while it is off");
        return;
    }
    until("the reason is told", || stage.heard.passed().len() == 1).await;
    let passed = stage.heard.passed().remove(0);
    assert!(matches!(passed.of, Considered::Forecast { .. }), "{passed:?}");
    let refused: Vec<_> = passed.gates.iter().filter(|gate| gate.is_refused()).collect();
    assert!(refused.iter().any(|gate| gate.rule == rule), "{refused:?}");
}

#[test]
fn a_published_forecast_becomes_a_wish_of_the_one_strategy_that_weighs_forecasts() {
    in_system(async {
        let stage = at_work(CATALOGUE).await;
        switched_on(&stage).await;
        show_touches(&stage.scene, Trust::Trusted);
        let now = stage.scene.vouched_at();
        stage.tree.forecasts.tell(forecast(&stage.scene, now)).unwrap();
        until("a signal", || stage.heard.signals().len() == 1).await;
        let signal = stage.heard.signals().remove(0);
        assert_eq!((signal.strategy.as_str(), signal.opportunity), (NAME, None));
        assert_eq!(signal.books_vouched_at, Some(now));
    });
}

#[test]
fn it_is_off_at_first() {
    in_system(async {
        let stage = at_work(CATALOGUE).await;
        show_touches(&stage.scene, Trust::Trusted);
        let published = forecast(&stage.scene, stage.scene.vouched_at());
        stage.tree.forecasts.tell(published).unwrap();
        refused_by(&stage, Rule::Disabled).await;
    });
}

#[test]
fn a_book_that_may_not_be_believed_has_no_price() {
    in_system(async {
        let stage = at_work(CATALOGUE).await;
        switched_on(&stage).await;
        show_touches(&stage.scene, Trust::Waiting);
        let published = forecast(&stage.scene, stage.scene.vouched_at());
        stage.tree.forecasts.tell(published).unwrap();
        refused_by(&stage, Rule::SizeMin).await;
    });
}

#[test]
fn a_record_that_is_kept_up_to_date_reaches_the_strategy() {
    in_system(async {
        let stage = at_work(CATALOGUE).await;
        let record = TrackRecord { resolved: 400, skill_low_ppm: Some(900) };
        let inputs = &stage.scene.outlets.agents.forecasts;
        inputs.record.set(Arc::new(record));
        switched_on(&stage).await;
        show_touches(&stage.scene, Trust::Trusted);
        let published = forecast(&stage.scene, stage.scene.vouched_at());
        stage.tree.forecasts.tell(published).unwrap();
        until("a signal", || stage.heard.signals().len() == 1).await;
        let gates = stage.heard.gates().remove(0);
        let unproven = gates.iter().find(|gate| gate.rule == Rule::Unproven).unwrap();
        assert!(unproven.value.to_string().contains("400 resolved"), "{unproven}");
    });
}
