//! A new strategy is one file and one line: this file, and the line that pushes it.

use engine::opportunity::OpportunityKind;
use engine::signal::Aim;
use engine::strategy::{CATALOGUE, Parts, Plan, Registration, Routine, Strategy};

use super::scene::Verdict;
use super::{Stage, at_work, named};
use crate::supervision::victim::{in_system, until};

/// Buys both sides and keeps them.
struct Collector(Routine);

impl Strategy for Collector {
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
        Plan::new([parts.purchases()], Aim::CompleteSets)
    }
}

#[test]
fn a_strategy_is_added_with_one_file_and_one_line() {
    in_system(async {
        let mut catalogue = CATALOGUE.to_vec();
        catalogue.push(Registration { name: "collector", make: |own| Box::new(Collector(own)) });
        let Stage { mut scene, heard, tree, running: _running } = at_work(&catalogue).await;
        heard.answer(Verdict::Approve);
        scene.open(&tree.opportunities);
        scene.wait(150);
        until("both trade it", || heard.signals().len() == 2).await;
        let raised = heard.signals();
        let own = raised.iter().find(|signal| signal.strategy == named("collector")).unwrap();
        assert_eq!((own.aim, own.stages.len()), (Aim::CompleteSets, 1));
    });
}
