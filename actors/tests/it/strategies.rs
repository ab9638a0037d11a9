//! The strategies' agents: what they raise, what they say, and how they end.

mod at_once;
mod by_hand;
mod forecasts;
mod quarantine;
mod scene;
mod toy;
mod venue;
mod waiting;

use actors::strategies::{StrategiesBoard, StrategyStatus, StrategyTree, plant};
use actors::supervision::{
    ChildSpec, Placement, RootOptions, RunningTree, Signals, Strategy as Restarts, SupervisorSpec,
    start,
};
use engine::signal::StrategyName;
use engine::strategy::{Registration, StrategiesSettings};

use crate::supervision::victim::{LONG, ms, until};
use scene::{Heard, Scene};

struct Stage {
    scene: Scene,
    heard: Heard,
    tree: StrategyTree,
    running: RunningTree,
}

/// The catalogue at work, with somebody who hears everything.
async fn at_work(catalogue: &[Registration]) -> Stage {
    let (sink, heard) = scene::sink();
    let scene = Scene::new(&heard);
    let mut tree = plant(catalogue, &StrategiesSettings::default(), &scene.outlets);
    let spec = std::mem::replace(&mut tree.spec, SupervisorSpec::new("gone", Restarts::OneForOne));
    let (strategies, _) = ChildSpec::supervisor(spec, Placement::Inherit);
    let root = SupervisorSpec::new("root", Restarts::OneForOne).child(sink).child(strategies);
    let options =
        RootOptions { signals: Signals::Ignore, watchdog_tick: ms(2), ..RootOptions::default() };
    let mut running = start(root, &options);
    actix_rt::time::timeout(LONG, running.ready()).await.expect("the tree did not start");
    let board = &scene.outlets.agents.trading;
    let told = || board.view().is_some_and(|view| view.strategies.len() == catalogue.len());
    until("the desk knows the settings", told).await;
    Stage { scene, heard, tree, running }
}

fn named(name: &str) -> StrategyName {
    StrategyName::new(name).unwrap()
}

fn long() -> StrategyName {
    named("arbitrage_long")
}

fn status(board: &StrategiesBoard, name: &StrategyName) -> StrategyStatus {
    board.get(name).unwrap()
}
