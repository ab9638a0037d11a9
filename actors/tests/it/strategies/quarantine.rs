//! A strategy that fails too often.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

use actors::strategies::{Execute, ExecuteRefused};
use actors::supervision::Status;
use engine::desk::Control;
use engine::opportunity::OpportunityKind;
use engine::risk::{Rule, StrategyActivity};
use engine::strategy::{CATALOGUE, Parts, Plan, Registration, Routine, Strategy};

use super::scene::Verdict;
use super::{Stage, at_work, long, named, status};
use crate::supervision::victim::{LONG, in_system, until};

static PANICS: AtomicUsize = AtomicUsize::new(0);
static MENDED: AtomicBool = AtomicBool::new(false);

/// A strategy with a bug.
struct Panicker(Routine);

impl Strategy for Panicker {
    fn routine(&self) -> &Routine {
        &self.0
    }
    fn routine_mut(&mut self) -> &mut Routine {
        &mut self.0
    }
    fn kinds(&self) -> &'static [OpportunityKind] {
        &[OpportunityKind::ParityLong]
    }
    fn plan(&self, _: OpportunityKind, parts: Parts) -> Plan {
        if MENDED.load(SeqCst) {
            return Plan::new([parts.purchases(), parts.merges()], engine::signal::Aim::Flat);
        }
        PANICS.fetch_add(1, SeqCst);
        panic!("a bug in a strategy")
    }
}

const PANICKER: Registration =
    Registration { name: "panicker", make: |routine| Box::new(Panicker(routine)) };

#[test]
fn a_strategy_that_panics_four_times_rests_in_quarantine_until_a_person_lifts_it_and_the_others_go_on()
 {
    in_system(async {
        let mut catalogue = CATALOGUE.to_vec();
        catalogue.push(PANICKER);
        let Stage { mut scene, heard, tree, running } = at_work(&catalogue).await;
        heard.answer(Verdict::Approve);
        let panicker = named("panicker");
        let first = scene.open(&tree.opportunities);
        scene.wait(150);
        until("quarantine", || !heard.quarantined().is_empty()).await;
        assert_eq!(heard.quarantined(), std::slice::from_ref(&panicker));
        assert_eq!(PANICS.load(SeqCst), 4, "three restarts, and no more");
        until("a signal of the good one", || heard.signals().len() == 1).await;
        until("why not", || heard.reasons().contains(&(panicker.clone(), Rule::Quarantined))).await;

        let snapshot = running.tree.snapshot();
        assert_eq!(snapshot.find("panicker-desk").unwrap().status, Status::Done);
        assert!(snapshot.is_healthy(), "what is over does not count");
        for (name, agent) in &tree.agents {
            let is_good = *name != panicker;
            assert_eq!(agent.status() == Status::Up, is_good, "{name}");
            assert_eq!(agent.restarts() == 0, is_good, "{name}");
        }
        let board = scene.outlets.agents.strategies.clone();
        // The desk is told first and shown to be told afterwards: until then the router asks again.
        until("quarantine is shown", || {
            status(&board, &panicker).activity == StrategyActivity::Quarantined
        })
        .await;
        let wish = Execute { opportunity: first.clone(), strategy: Some(panicker.clone()) };
        let answer = tree.execute.ask(wish, LONG).await.unwrap();
        let Err(ExecuteRefused::Refused { gates, .. }) = answer else { panic!("{answer:?}") };
        assert_eq!(gates[0].rule, Rule::Quarantined);

        // The next one finds the good strategy at work, and nobody in quarantine is woken.
        heard.end_plans();
        scene.close(&tree.opportunities, &first);
        scene.wait(6_000);
        let second = scene.open(&tree.opportunities);
        scene.wait(150);
        until("a second signal", || heard.signals().len() == 2).await;
        assert!(heard.signals().iter().all(|signal| signal.strategy == long()));
        assert_eq!((PANICS.load(SeqCst), heard.quarantined().len()), (4, 1));

        // Mended and let go, it takes up what is open.
        MENDED.store(true, SeqCst);
        heard.command(Control::Unpause(panicker.clone()));
        scene.wait(2_100);
        until("a signal of the mended one", || {
            heard.signals().iter().any(|signal| signal.strategy == panicker)
        })
        .await;
        let raised = heard.signals().pop().unwrap();
        assert_eq!(raised.opportunity, Some(second));
        until("it runs", || status(&board, &panicker).activity == StrategyActivity::Running).await;
        assert_eq!(heard.quarantined().len(), 1);
        running.shutdown();
        running.wait().await;
    });
}
