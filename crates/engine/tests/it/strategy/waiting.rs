//! When the same place is raised again, what forbids everything, and what a person may have done.

use domain::{DurationMillis, UnixMillis, Usd};
use engine::desk::{
    Control, Dealer, DealerSettings, Desk, Env, Event, Input, NoQuotes, Origin, PlanNumber, Sign,
    Signed, StrategyState,
};
use engine::opportunity::OpportunityKind;
use engine::risk::{Gate, Limits, Rule, StrategyActivity};
use engine::signal::{PlannedOrder, Signal, StrategyName};
use engine::strategy::{
    Answer, Manner, Situation, Strategy, StrategySettings, StrategySettingsError,
};

use super::kit::{LATER, Scene, generous, in_pair, strategy_for};
use crate::kit::{NOW, Pair, market, plain_settings};

fn scene() -> Scene {
    let pair = Pair::new(market(1)).yes("0.40x100", "0.42x100").no("0.45x100", "0.50x100");
    in_pair(pair, OpportunityKind::ParityLong, &plain_settings())
}

fn raise(strategy: &mut dyn Strategy, situation: &Situation<'_>) -> Result<Signal, Rule> {
    let analysis = strategy.analyze(situation);
    analysis.signal.ok_or_else(|| analysis.review.refusal().unwrap().rule)
}

fn after(millis: i64) -> UnixMillis {
    LATER.plus(DurationMillis(millis))
}

fn raised(scene: &Scene) -> (Box<dyn Strategy>, Signal) {
    let mut strategy = strategy_for(scene.opportunity.kind, &generous());
    let signal = raise(&mut *strategy, &scene.situation()).unwrap();
    (strategy, signal)
}

#[test]
fn a_signal_without_a_decision_keeps_its_place_for_five_seconds() {
    let scene = scene();
    let (mut strategy, _) = raised(&scene);
    assert_eq!(raise(&mut *strategy, &scene.at(after(4_999))), Err(Rule::CoolDown));
    assert!(raise(&mut *strategy, &scene.at(after(5_000))).is_ok());
}

#[test]
fn a_refused_place_rests_as_long_as_what_refused_it_takes_to_change() {
    let rests = [
        (Rule::Expired, 1_000),
        (Rule::TradesPerMinute, 10_000),
        (Rule::MarketUsd, 30_000),
        (Rule::Halted, 30_000),
        (Rule::FloorLoss, 60_000),
    ];
    for (rule, rest) in rests {
        let scene = scene();
        let (mut strategy, signal) = raised(&scene);
        let subject = &scene.id.subject;
        strategy.routine_mut().learn(subject, &signal.id, Answer::Refused(rule), after(10));
        assert_eq!(raise(&mut *strategy, &scene.at(after(9 + rest))), Err(Rule::CoolDown));
        assert!(raise(&mut *strategy, &scene.at(after(10 + rest))).is_ok(), "{rule}");
    }
}

#[test]
fn another_offer_is_raised_after_one_second_and_a_small_change_is_none() {
    let mut scene = scene();
    let (mut strategy, signal) = raised(&scene);
    let refused = Answer::Refused(Rule::MarketUsd);
    strategy.routine_mut().learn(&scene.id.subject, &signal.id, refused, LATER);
    let net = scene.opportunity.net.micros();
    scene.opportunity.net = Usd::from_micros(net + net / 10);
    assert_eq!(raise(&mut *strategy, &scene.at(after(1_000))), Err(Rule::CoolDown));
    scene.opportunity.net = Usd::from_micros(net + net / 10 + 1);
    assert_eq!(raise(&mut *strategy, &scene.at(after(999))), Err(Rule::CoolDown));
    assert!(raise(&mut *strategy, &scene.at(after(1_000))).is_ok());
}

#[test]
fn the_answer_to_an_older_signal_changes_nothing() {
    let scene = scene();
    let (mut strategy, first) = raised(&scene);
    let second = raise(&mut *strategy, &scene.at(after(5_000))).unwrap();
    assert_ne!(first.id, second.id);
    strategy.routine_mut().learn(&scene.id.subject, &first.id, Answer::Approved, after(5_001));
    assert_eq!(raise(&mut *strategy, &scene.at(after(5_002))), Err(Rule::CoolDown));
    strategy.routine_mut().learn(&scene.id.subject, &second.id, Answer::Approved, after(5_003));
    assert!(raise(&mut *strategy, &scene.at(after(5_004))).is_ok(), "no cool-down is set");
}

#[test]
fn what_forbids_everything_and_a_plan_under_way_refuse_beside_the_other_gates() {
    let scene = scene();
    let halt = [Gate::refused(Rule::Halted, "a test", "no halt")];
    let mut strategy = strategy_for(OpportunityKind::ParityLong, &generous());
    let halted = Situation { forbidden: &halt, ..scene.situation() };
    let analysis = strategy.analyze(&halted);
    assert_eq!(analysis.review.refusal().unwrap().rule, Rule::Halted);
    assert!(analysis.review.gates.len() > 5 && analysis.signal.is_none());
    for manner in [Manner::ByItself, Manner::ByHand] {
        let busy = Situation { under_way: Some(PlanNumber(3)), manner, ..scene.situation() };
        assert_eq!(raise(&mut *strategy, &busy), Err(Rule::CoolDown));
    }
    assert!(raise(&mut *strategy, &scene.situation()).is_ok(), "a refusal is no signal");
}

#[test]
fn by_hand_taste_and_patience_do_not_count_but_money_at_risk_does() {
    let scene = scene();
    let picky = StrategySettings {
        edge_usd_min: Usd::from_whole(1_000),
        score_min: 100,
        cool_down_ms: DurationMillis(60_000),
        lasted_ms_min: DurationMillis(60_000),
        ..generous()
    };
    let mut strategy = strategy_for(OpportunityKind::ParityLong, &picky);
    assert!(raise(&mut *strategy, &scene.situation()).is_err());
    let by_hand = |now| Situation { manner: Manner::ByHand, ..scene.at(now) };
    let signal = raise(&mut *strategy, &by_hand(NOW)).unwrap();
    assert_eq!(raise(&mut *strategy, &by_hand(after(0))), Err(Rule::CoolDown), "undecided");
    let refused = Answer::Refused(Rule::FloorLoss);
    strategy.routine_mut().learn(&scene.id.subject, &signal.id, refused, LATER);
    assert!(raise(&mut *strategy, &by_hand(after(1))).is_ok(), "a person may try at once");

    for (rule, strict) in [
        (Rule::Disabled, StrategySettings { enabled: false, ..picky }),
        (Rule::StrategyBudget, StrategySettings { budget_usd: Usd::from_whole(1), ..picky }),
        (Rule::TooOld, StrategySettings { vouched_ms_max: DurationMillis(1), ..picky }),
    ] {
        let mut strategy = strategy_for(OpportunityKind::ParityLong, &strict);
        assert_eq!(raise(&mut *strategy, &by_hand(LATER)), Err(rule));
    }
}

#[test]
fn settings_above_what_anybody_can_mean_are_refused() {
    let bad = StrategySettings { score_min: 101, ..StrategySettings::default() };
    let too_large = StrategySettingsError::TooLarge { name: "score_min", most: 100 };
    assert_eq!(bad.validate(), Err(too_large));
    let most = Usd::from_whole(1_000_000_000);
    let good = StrategySettings { budget_usd: most, ..StrategySettings::default() };
    assert_eq!(good.validate(), Ok(()));
    let budget_usd = most + Usd::from_micros(1);
    let too_large = StrategySettingsError::TooLarge { name: "budget_usd", most: 1_000_000_000 };
    assert_eq!(StrategySettings { budget_usd, ..good }.validate(), Err(too_large));
}

struct NoPen;
impl Sign for NoPen {
    fn sign(
        &self,
        _: engine::desk::OrderNumber,
        _: &PlannedOrder,
        _: UnixMillis,
    ) -> Result<Signed, String> {
        Err("nothing is signed here".to_owned())
    }
}

#[test]
fn what_a_strategy_was_told_is_in_the_journal_with_who_said_so() {
    let (settings, name) = (DealerSettings::default(), StrategyName::new("mint_split").unwrap());
    let env = Env { now: NOW, quotes: &NoQuotes, signer: &NoPen, settings: &settings };
    let mut dealer = Dealer::new(Desk::new(NOW, Limits::default()).unwrap());
    let by = Origin("somebody".to_owned());
    let mut records = Vec::new();
    let mut order = |dealer: &mut Dealer, control| {
        records.extend(dealer.handle(Input::Ordered(by.clone(), control), &env).events);
    };
    let told = StrategySettings { size_max: domain::Shares::from_whole(7), ..generous() };
    order(&mut dealer, Control::Pause(name.clone()));
    order(&mut dealer, Control::SetStrategy(name.clone(), Box::new(told)));
    let budget = Some(Usd::from_whole(9));
    order(&mut dealer, Control::SetBudget(name.clone(), budget));
    let settings = Some(StrategySettings { budget_usd: Usd::from_whole(9), ..told });
    let expected = StrategyState { activity: StrategyActivity::Paused, budget, settings };
    assert_eq!(dealer.desk().strategy(&name), expected);

    let text = serde_json::to_string(&records).unwrap();
    let read: Vec<_> = serde_json::from_str(&text).unwrap();
    let desk = Desk::from_journal(NOW, Limits::default(), &read).unwrap();
    assert_eq!(desk.strategy(&name), expected);
    let by_whom =
        |event: &Event| matches!(event, Event::StrategySet { by, .. } if by.0 == "somebody");
    assert!(read.iter().all(|record| by_whom(&record.event)));
    // A journal from before settings were part of it.
    let old = r#"{"activity":"running","budget":null}"#;
    assert_eq!(serde_json::from_str::<StrategyState>(old).unwrap().settings, None);
}
