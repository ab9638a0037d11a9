//! When a strategy raises, when it waits, and what it says meanwhile.

use domain::Usd;
use engine::desk::Control;
use engine::opportunity::OpportunityId;
use engine::risk::{GateValue, Halt, HaltCause, Rule, StrategyActivity};
use engine::strategy::Considered;
use engine::strategy::{CATALOGUE, StrategySettings};

use super::scene::Verdict;
use super::{Stage, at_work, long, status};
use crate::supervision::victim::{in_system, ms, until};

fn signal_name(id: &OpportunityId, round: u32) -> String {
    format!("arbitrage_long:{id}:{round}")
}

async fn a_while() {
    actix_rt::time::sleep(ms(200)).await;
}

#[test]
fn an_opportunity_is_raised_by_itself_once_it_has_lasted_and_not_while_its_plan_is_open() {
    in_system(async {
        let Stage { mut scene, heard, tree, running: _running } = at_work(CATALOGUE).await;
        heard.answer(Verdict::Approve);
        let id = scene.open(&tree.opportunities);
        a_while().await;
        assert!(heard.signals().is_empty(), "too young");
        scene.wait(150);
        until("a signal", || heard.signals().len() == 1).await;
        let signal = heard.signals().remove(0);
        assert_eq!(signal.id.as_str(), signal_name(&id, 1));
        assert_eq!(signal.books_vouched_at, Some(scene.vouched_at()));

        scene.wait(60_000);
        a_while().await;
        assert_eq!(heard.signals().len(), 1, "its plan is open");
        heard.end_plans();
        until("the next signal", || heard.signals().len() == 2).await;
        assert_eq!(heard.signals()[1].id.as_str(), signal_name(&id, 2));

        let board = scene.outlets.agents.strategies.clone();
        scene.wait(1);
        until("both known as approved", || status(&board, &long()).approved == 2).await;
        assert_eq!((status(&board, &long()).raised, status(&board, &long()).open), (2, 1));
        scene.close(&tree.opportunities, &id);
        until("nothing open", || status(&board, &long()).open == 0).await;
        assert!(heard.passed().is_empty(), "the decisions say why");
    });
}

#[test]
fn a_refused_opportunity_is_raised_again_after_its_rest_or_as_another_offer() {
    in_system(async {
        let Stage { mut scene, heard, tree, running: _running } = at_work(CATALOGUE).await;
        heard.answer(Verdict::Refuse(Rule::MarketUsd));
        let id = scene.open(&tree.opportunities);
        scene.wait(150);
        until("a signal", || heard.signals().len() == 1).await;
        let board = scene.outlets.agents.strategies.clone();
        let refused = || status(&board, &long()).refusals.get(&Rule::MarketUsd).copied();
        until("the refusal is heard", || refused() == Some(1)).await;
        scene.wait(29_000);
        a_while().await;
        assert_eq!(heard.signals().len(), 1, "the same offer rests for half a minute");
        scene.wait(1_001);
        until("again", || heard.signals().len() == 2).await;
        until("the refusal is heard", || refused() == Some(2)).await;

        // One that changed little rests, one that changed much does not.
        scene.wait(1_100);
        scene.resize(&tree.opportunities, &id, 51);
        a_while().await;
        assert_eq!(heard.signals().len(), 2);
        scene.resize(&tree.opportunities, &id, 80);
        until("another offer", || heard.signals().len() == 3).await;
        until("the refusal is heard", || refused() == Some(3)).await;
        scene.resize(&tree.opportunities, &id, 50);
        a_while().await;
        assert_eq!(heard.signals().len(), 3, "never twice within a second");
    });
}

#[test]
fn a_signal_without_a_decision_is_waited_for_and_raised_again_under_another_name() {
    in_system(async {
        let Stage { mut scene, heard, tree, running: _running } = at_work(CATALOGUE).await;
        let id = scene.open(&tree.opportunities);
        scene.wait(150);
        until("a signal", || heard.signals().len() == 1).await;
        scene.wait(4_900);
        a_while().await;
        assert_eq!(heard.signals().len(), 1);
        scene.wait(101);
        until("a second signal", || heard.signals().len() == 2).await;
        assert_eq!(heard.signals()[1].id.as_str(), signal_name(&id, 2));
    });
}

#[test]
fn why_nothing_was_raised_is_said_once_when_it_has_lasted_or_at_the_end() {
    in_system(async {
        let Stage { mut scene, heard, tree, running: _running } = at_work(CATALOGUE).await;
        // One that is over at once was too young, and says so at its end.
        let id = scene.open(&tree.opportunities);
        scene.wait(20);
        a_while().await;
        assert!(heard.passed().is_empty());
        scene.close(&tree.opportunities, &id);
        until("the last word", || heard.passed().len() == 1).await;
        let passed = heard.passed().remove(0);
        let gate = passed.gates.iter().find(|gate| gate.is_refused()).unwrap();
        assert_eq!((passed.strategy, passed.of), (long(), Considered::Opportunity(id)));
        assert_eq!(gate.rule, Rule::TooYoung);
        assert_eq!(gate.limit, GateValue::Millis(100));
        assert!(passed.gates.len() > 5, "every gate is told: {:?}", passed.gates);

        // A halt lasts: said once, and again only as another reason.
        heard.change_view(|view| {
            let (cause, text) = (HaltCause::Operator, "a test".to_owned());
            view.halt = Some(Halt { cause, text, at: view.at });
        });
        let id = scene.open(&tree.opportunities);
        scene.wait(150);
        a_while().await;
        scene.wait(600);
        until("halted", || heard.reasons().last() == Some(&(long(), Rule::Halted))).await;
        scene.wait(10_000);
        a_while().await;
        assert_eq!(heard.passed().len(), 2);
        heard.change_view(|view| view.halt = None);
        scene.silence();
        a_while().await;
        scene.wait(600);
        scene.silence();
        until("distrust", || heard.reasons().last() == Some(&(long(), Rule::TooOld))).await;
        scene.close(&tree.opportunities, &id);
        a_while().await;
        assert_eq!((heard.passed().len(), heard.signals().len()), (3, 0));
    });
}

#[test]
fn a_pause_and_settings_outlive_a_crash_of_the_agent() {
    in_system(async {
        let Stage { mut scene, heard, tree, running: _running } = at_work(CATALOGUE).await;
        let (name, agent) = &tree.agents[1];
        assert_eq!(*name, long());
        heard.command(Control::Pause(long()));
        let board = scene.outlets.agents.strategies.clone();
        let activity = || status(&board, &long()).activity;
        until("a pause", || activity() == StrategyActivity::Paused).await;
        scene.open(&tree.opportunities);
        scene.wait(150);
        a_while().await;
        scene.wait(600);
        until("why not", || heard.reasons() == [(long(), Rule::StrategyPaused)]).await;

        let settings = status(&board, &long()).settings;
        assert_eq!(settings, StrategySettings::default());
        let picky = StrategySettings { edge_usd_min: Usd::from_whole(1_000), ..settings };
        heard.command(Control::SetStrategy(long(), Box::new(picky)));
        until("picky", || status(&board, &long()).settings == picky).await;
        agent.kill();
        until("a successor", || agent.incarnation() == 2).await;
        a_while().await;
        assert!(heard.signals().is_empty(), "still paused");

        heard.command(Control::Unpause(long()));
        a_while().await;
        scene.wait(600);
        until("a reason", || heard.reasons().last() == Some(&(long(), Rule::EdgeMin))).await;
        let easy = StrategySettings { edge_usd_min: Usd::from_micros(1), ..settings };
        heard.command(Control::SetStrategy(long(), Box::new(easy)));
        until("a signal", || heard.signals().len() == 1).await;
    });
}

#[test]
fn a_trade_is_cut_to_the_room_that_is_left_and_the_limit_that_leaves_none_is_named() {
    in_system(async {
        let Stage { mut scene, heard, tree, running: _running } = at_work(CATALOGUE).await;
        heard.change_view(|view| view.reserved = view.cash.settled - Usd::from_whole(20));
        scene.open(&tree.opportunities);
        scene.wait(150);
        until("a signal", || heard.signals().len() == 1).await;
        let signal = heard.signals().remove(0);
        assert!(signal.capital <= Usd::from_whole(20) && signal.capital > Usd::from_whole(18));

        heard.change_view(|view| view.reserved = view.cash.settled);
        scene.wait(6_000);
        a_while().await;
        scene.wait(600);
        let no_cash = || heard.reasons().last() == Some(&(long(), Rule::NotEnoughCash));
        until("no cash", no_cash).await;
        assert_eq!(heard.signals().len(), 1);
    });
}

#[test]
fn a_signal_that_nobody_takes_is_counted_and_tried_again_after_its_rest() {
    in_system(async {
        let Stage { mut scene, heard, tree, running } = at_work(CATALOGUE).await;
        heard.stop();
        let gone = actors::supervision::Status::Up;
        let stopped = || running.tree.snapshot().find("sink").unwrap().status != gone;
        until("nobody listens", stopped).await;
        scene.open(&tree.opportunities);
        scene.wait(150);
        let board = scene.outlets.agents.strategies.clone();
        let lost = || status(&board, &long()).raise_failed;
        until("a lost signal", || lost() == 1).await;
        a_while().await;
        assert_eq!(lost(), 1, "it is not tried again before the place has rested");
    });
}
