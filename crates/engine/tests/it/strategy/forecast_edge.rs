//! A forecast is traded only by more than all it may be wrong about, and with real money only once
//! the swarm has proven itself.

use domain::{
    DurationMillis, FeeSchedule, FeeTerms, Lifetime, Market, MarketState, Price, Probability,
    Rounding, Shares, Side, Touch, Usd,
};
use engine::forecast::{AskedMarket, Consensus, Forecast};
use engine::opportunity::OutcomeIndex;
use engine::risk::{Gate, Rule, WorstCase};
use engine::signal::{Aim, PlannedOrder};
use engine::strategy::{
    Analysis, CATALOGUE, ForecastSituation, RESOLVED_MIN, Stakes, Strategy, StrategySettings,
    TrackRecord,
};
use proptest::prelude::*;

use super::kit::{endless, generous};
use crate::kit::{NOW, market, price, usd};

fn strategy(settings: StrategySettings) -> Box<dyn Strategy> {
    let entry = CATALOGUE.iter().find(|entry| entry.name == "forecast_edge").unwrap();
    entry.fresh(settings).unwrap()
}

fn probability(text: &str) -> Probability {
    Probability::parse(text).unwrap()
}

fn forecast(blended: Probability, low: Probability, high: Probability) -> Forecast {
    Forecast {
        market: AskedMarket {
            condition: market(1).condition,
            group: None,
            closes_at: None,
            price: price("0.5"),
        },
        asked_at: NOW,
        made_at: NOW,
        prompt_version: 1,
        blind: blended,
        blended,
        low,
        high,
        market_weight_ppm: 666_667,
        disagreement_millilogits: 0,
        ballots: Vec::new(),
        consensus: Consensus::of(&[], 0),
        cost: Usd::ZERO,
    }
}

fn touch(bid: &str, ask: &str) -> Touch {
    Touch { bid: Some(price(bid)), ask: Some(price(ask)) }
}

fn with_fee(rate: &str) -> Market {
    let fee = FeeSchedule::Known(FeeTerms::parse(rate, "1").unwrap());
    Market { fee, order_size_min: Shares::from_whole(5), ..market(1) }
}

/// 0.6 believed, give or take 0.02, at 0.49 to 0.50 without a fee, with play money.
struct Scene {
    forecast: Forecast,
    market: Market,
}

impl Scene {
    fn new() -> Self {
        let [low, blended, high] = ["0.58", "0.6", "0.62"].map(probability);
        Self { forecast: forecast(blended, low, high), market: with_fee("0") }
    }
    fn situation(&self) -> ForecastSituation<'_> {
        ForecastSituation {
            forecast: &self.forecast,
            market: &self.market,
            touches: [touch("0.49", "0.5"), touch("0.5", "0.51")],
            vouched_at: Some(NOW),
            now: NOW.plus(DurationMillis(100)),
            room: endless(),
            committed: Usd::ZERO,
            under_way: None,
            forbidden: &[],
            stakes: Stakes::Play,
            record: TrackRecord::default(),
        }
    }
}

fn settings() -> StrategySettings {
    StrategySettings { budget_usd: usd("1000"), ..generous() }
}

fn weigh(situation: &ForecastSituation<'_>) -> Analysis {
    strategy(settings()).weigh(situation).unwrap()
}

fn refused_by(situation: &ForecastSituation<'_>) -> Vec<Rule> {
    let analysis = weigh(situation);
    let refused: Vec<Rule> = analysis.review.refusals().map(|gate| gate.rule).collect();
    assert_eq!(refused.is_empty(), analysis.signal.is_some(), "{analysis:#?}");
    refused
}

fn order(analysis: &Analysis) -> PlannedOrder {
    let signal = analysis.signal.as_ref().unwrap_or_else(|| panic!("{analysis:#?}"));
    let orders: Vec<&PlannedOrder> = signal.orders().collect();
    assert_eq!(orders.len(), 1);
    orders[0].clone()
}

#[test]
fn it_buys_what_is_worth_more_than_it_costs_at_a_quarter_of_kelly() {
    let scene = Scene::new();
    let analysis = weigh(&scene.situation());
    let order = order(&analysis);
    assert_eq!((order.terms.side, order.terms.price), (Side::Buy, price("0.5")));
    assert_eq!(order.outcome, OutcomeIndex::Yes);
    // Careful belief 0.58 less half the spread 0.005: (0.575 - 0.5) / 0.5 / 4 of 1,000 dollars.
    assert_eq!(order.value, usd("37.5"));
    assert_eq!(order.terms.size, Shares::from_whole(75));
    assert!(matches!(order.terms.lifetime, Lifetime::GoodTilDate { .. }));
    let signal = analysis.signal.unwrap();
    assert_eq!((signal.aim, &signal.opportunity), (Aim::Hold, &None));
    assert_eq!(signal.certificate.best, Usd::ZERO, "nothing to give away to a dearer quote");
    let worst = WorstCase::of(&signal).unwrap();
    worst.is_covered_by(&signal).unwrap();
    assert_eq!(signal.certificate.floor, -worst.capital);
}

#[test]
fn it_buys_the_second_outcome_where_the_first_is_too_dear() {
    let mut scene = Scene::new();
    let [low, blended, high] = ["0.38", "0.4", "0.42"].map(probability);
    scene.forecast = forecast(blended, low, high);
    let order = order(&weigh(&scene.situation()));
    assert_eq!((order.outcome, order.terms.token), (OutcomeIndex::No, scene.market.no().token));
    assert_eq!(order.terms.price, price("0.51"));
}

#[test]
fn the_fee_half_the_spread_and_the_margin_each_use_up_the_edge() {
    let mut scene = Scene::new();
    let mut refused = |low: &str, fee: &str, bid: &str| {
        scene.forecast = forecast(probability("0.54"), probability(low), probability("0.54"));
        scene.market = with_fee(fee);
        let touches = [touch(bid, "0.5"), touch("0.5", "0.51")];
        refused_by(&ForecastSituation { touches, ..scene.situation() })
    };
    assert_eq!(refused("0.53", "0", "0.49"), []);
    assert_eq!(refused("0.50", "0", "0.49"), [Rule::EdgeMin, Rule::SizeMin]);
    // 0.07 x 0.25 = 0.0175 a share, and 0.03 - 0.005 = 0.025 is left without it.
    assert_eq!(refused("0.53", "0.07", "0.49"), []);
    assert_eq!(refused("0.53", "0.11", "0.49"), [Rule::EdgeMin, Rule::SizeMin]);
    assert_eq!(refused("0.53", "0", "0.44"), [Rule::EdgeMin, Rule::SizeMin]);
}

#[test]
fn real_money_waits_for_a_proven_swarm() {
    let scene = Scene::new();
    let with = |resolved, skill_low_ppm| {
        let record = TrackRecord { resolved, skill_low_ppm };
        refused_by(&ForecastSituation { stakes: Stakes::Real, record, ..scene.situation() })
    };
    assert_eq!(with(0, None), [Rule::Unproven]);
    assert_eq!(with(RESOLVED_MIN - 1, Some(5_000)), [Rule::Unproven]);
    assert_eq!(with(RESOLVED_MIN, Some(0)), [Rule::Unproven]);
    assert_eq!(with(RESOLVED_MIN, Some(-1)), [Rule::Unproven]);
    assert_eq!(with(RESOLVED_MIN, Some(1)), []);
    let record = TrackRecord { resolved: 12, skill_low_ppm: Some(-7) };
    let real = ForecastSituation { stakes: Stakes::Real, record, ..scene.situation() };
    let gate = weigh(&real).review.gate(Rule::Unproven).unwrap().to_string();
    assert_eq!(
        gate.split(" (").next().unwrap(),
        "unproven: 12 resolved, a skill of at least -7 millionths, allowed 350 resolved, a skill \
         above 0"
    );
}

#[test]
fn it_is_off_unless_somebody_wants_it() {
    let off = StrategySettings { ..StrategySettings::at_first("forecast_edge") };
    assert!(!off.enabled && StrategySettings::at_first("mint_split").enabled);
    let scene = Scene::new();
    let analysis = strategy(off).weigh(&scene.situation()).unwrap();
    assert!(analysis.review.gate(Rule::Disabled).unwrap().is_refused());
    assert_eq!(analysis.signal, None);
}

#[test]
fn every_other_reason_has_its_gate() {
    let scene = Scene::new();
    let base = scene.situation();
    let hour = base.now.plus(DurationMillis(3_600_001));
    let old = ForecastSituation { now: hour, vouched_at: Some(hour), ..base };
    assert_eq!(refused_by(&old), [Rule::TooOld]);
    let silent = ForecastSituation { vouched_at: None, ..base };
    assert_eq!(refused_by(&silent), [Rule::FeedAge]);
    let halted = [Gate::refused(Rule::Halted, "halted", "no halt")];
    assert_eq!(refused_by(&ForecastSituation { forbidden: &halted, ..base }), [Rule::Halted]);
    let nobody = ForecastSituation { touches: [Touch::default(); 2], ..base };
    assert_eq!(refused_by(&nobody), [Rule::SizeMin]);
    let held = ForecastSituation { committed: usd("37.5"), ..base };
    assert_eq!(refused_by(&held), [Rule::SizeMin]);
    let mut poor = base;
    poor.room.order_usd = usd("1");
    assert_eq!(refused_by(&poor), [Rule::OrderUsd, Rule::SizeMin]);
    let paused = Market { state: MarketState::Paused, ..with_fee("0") };
    assert_eq!(refused_by(&ForecastSituation { market: &paused, ..base }), [Rule::UnknownMarket]);
}

#[test]
fn little_room_makes_a_smaller_order() {
    let scene = Scene::new();
    let mut situation = scene.situation();
    situation.room.market_usd = usd("10.01");
    let order = order(&weigh(&situation));
    assert_eq!(order.terms.size, Shares::from_whole(20));
}

#[test]
fn the_same_forecast_names_the_same_wish() {
    let scene = Scene::new();
    let id = |now| {
        let situation = ForecastSituation { now, vouched_at: Some(now), ..scene.situation() };
        weigh(&situation).signal.unwrap().id
    };
    assert_eq!(id(NOW), id(NOW.plus(DurationMillis(60_000))));
}

#[test]
fn whoever_trades_opportunities_weighs_no_forecasts() {
    let scene = Scene::new();
    let weighing = CATALOGUE
        .iter()
        .filter(|entry| entry.fresh(settings()).unwrap().weigh(&scene.situation()).is_some());
    let names: Vec<&str> = weighing.map(|entry| entry.name).collect();
    assert_eq!(names, ["forecast_edge"]);
}

proptest! {
    #[test]
    fn no_wish_costs_more_than_its_careful_worth_or_more_than_it_may(
        blended in 0u32..=1_000_000, low in 0u32..=1_000_000, high in 0u32..=1_000_000,
        bids in (1u16..9_999, 1u16..9_999), spreads in (1u16..500, 1u16..500),
        rate in 0u32..100_000, budget in 0i64..5_000_000_000, room in 0i64..500_000_000,
    ) {
        let of = |value| Probability::from_millionths(value).unwrap();
        let (low, high) = (low.min(blended), high.max(blended));
        let mut scene = Scene::new();
        scene.forecast = forecast(of(blended), of(low), of(high));
        scene.market = with_fee(&format!("{}", f64::from(rate) / 1e6));
        let at = |value: u16| Price::from_ten_thousandths(value.min(9_999));
        let touch = |bid: u16, spread: u16| Touch { bid: at(bid), ask: at(bid + spread) };
        let mut situation = scene.situation();
        situation.touches = [touch(bids.0, spreads.0), touch(bids.1, spreads.1)];
        situation.room.market_usd = Usd::from_micros(room);
        let settings = StrategySettings { budget_usd: Usd::from_micros(budget), ..generous() };
        let analysis = strategy(settings).weigh(&situation).unwrap();
        let Some(signal) = &analysis.signal else { return Ok(()) };
        let order = order(&analysis);
        let size = order.terms.size;
        let belief = match order.outcome {
            OutcomeIndex::Yes => scene.forecast.blended,
            OutcomeIndex::No => scene.forecast.blended.complement(),
        };
        let careful = i128::from(belief.millionths()) - i128::from(scene.forecast.margin().millionths());
        let worth = careful * i128::from(size.micros()) / 1_000_000;
        let fee = scene.market.fee.terms().unwrap().fee(size, order.terms.price, Rounding::Up);
        let cost = size.at(order.terms.price, Rounding::Up) + fee;
        prop_assert!(i128::from(cost.micros()) < worth, "{cost} for {worth} micros");
        prop_assert!(cost.micros() <= budget / 4 + 1, "{cost} of {budget}");
        prop_assert!(signal.capital.micros() <= room);
        let worst = WorstCase::of(signal).unwrap();
        prop_assert!(worst.is_covered_by(signal).is_ok());
    }
}
