//! A person wants an opportunity to be traded.

use actors::strategies::{Execute, ExecuteRefused};
use domain::{UnixMillis, Usd};
use engine::desk::Control;
use engine::opportunity::{OpportunityId, OpportunityKind};
use engine::risk::Rule;
use engine::strategy::{CATALOGUE, StrategySettings};

use super::scene::Verdict;
use super::{Stage, at_work, long, named, status};
use crate::supervision::victim::{LONG, in_system, until};

fn first_refusal(refused: &ExecuteRefused) -> Option<Rule> {
    let ExecuteRefused::Refused { gates, .. } = refused else { return None };
    gates.iter().find(|gate| gate.is_refused()).map(|gate| gate.rule)
}

#[test]
fn a_person_trades_what_the_strategy_finds_too_young_and_too_little_but_not_twice() {
    in_system(async {
        let Stage { mut scene, heard, tree, running: _running } = at_work(CATALOGUE).await;
        heard.answer(Verdict::Approve);
        let board = scene.outlets.agents.strategies.clone();
        let picky = StrategySettings {
            edge_usd_min: Usd::from_whole(9_000),
            ..StrategySettings::default()
        };
        heard.command(Control::SetStrategy(long(), Box::new(picky)));
        until("picky", || status(&board, &long()).settings == picky).await;
        let opportunity = scene.open(&tree.opportunities);
        let wish = Execute { opportunity: opportunity.clone(), strategy: None };
        let done = tree.execute.ask(wish.clone(), LONG).await.unwrap().unwrap();
        assert_eq!(done.strategy, long());
        until("a signal", || heard.signals().len() == 1).await;
        assert_eq!(heard.signals()[0].id, done.signal);
        assert_eq!(heard.signals()[0].opportunity, Some(opportunity));

        let again = tree.execute.ask(wish.clone(), LONG).await.unwrap().unwrap_err();
        assert_eq!(first_refusal(&again), Some(Rule::CoolDown), "{again}");
        scene.wait(60_000);
        let again = tree.execute.ask(wish.clone(), LONG).await.unwrap().unwrap_err();
        assert!(again.to_string().contains("plan 1 is under way"), "{again}");
        heard.end_plans();
        assert!(tree.execute.ask(wish, LONG).await.unwrap().is_ok());
    });
}

#[test]
fn every_wish_that_cannot_be_carried_out_is_refused_by_name() {
    in_system(async {
        let Stage { mut scene, heard, tree, running } = at_work(CATALOGUE).await;
        let id = scene.open(&tree.opportunities);
        let ask = async |opportunity: &OpportunityId, strategy: Option<&str>| {
            let strategy = strategy.map(named);
            let wish = Execute { opportunity: opportunity.clone(), strategy };
            tree.execute.ask(wish, LONG).await.unwrap().unwrap_err()
        };
        let elsewhere = OpportunityId { since: UnixMillis(7), ..id.clone() };
        assert_eq!(ask(&elsewhere, None).await, ExecuteRefused::Unknown);
        let nobody = ExecuteRefused::NoSuchStrategy(named("somebody"));
        assert_eq!(ask(&id, Some("somebody")).await, nobody);
        let (strategy, kind) = (named("mint_split"), OpportunityKind::ParityLong);
        let other = ExecuteRefused::OtherKind { strategy, kind };
        assert_eq!(ask(&id, Some("mint_split")).await, other);

        heard.command(Control::Pause(long()));
        scene.wait(1);
        let refused = loop {
            // The order to pause is on its way.
            let refused = ask(&id, None).await;
            if first_refusal(&refused) != Some(Rule::CoolDown) {
                break refused;
            }
        };
        assert_eq!(first_refusal(&refused), Some(Rule::StrategyPaused), "{refused}");
        heard.command(Control::Unpause(long()));
        let board = scene.outlets.agents.trading.clone();
        let unpaused = || {
            let view = board.view().unwrap();
            view.strategies[&long()].activity == engine::risk::StrategyActivity::Running
        };
        until("a resumption", unpaused).await;
        heard.stop();
        let gone = || {
            let snapshot = running.tree.snapshot();
            snapshot.find("sink").unwrap().status == actors::supervision::Status::Done
        };
        until("nobody decides", gone).await;
        assert!(matches!(ask(&id, None).await, ExecuteRefused::NotReady(_)));
        scene.close(&tree.opportunities, &id);
        assert!(matches!(ask(&id, None).await, ExecuteRefused::Over { .. }));
        assert!(heard.signals().is_empty());
    });
}
