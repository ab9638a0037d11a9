//! The live stream freezes for a minute of the venue's time, and is cut besides.

use std::collections::BTreeMap;
use std::time::Duration;

use actors::tape::{Hearing, TapeState};
use domain::{TransactionHash, UnixMillis, Usd};
use engine::tape::Source;
use polymarket::data::{DataClient, TradesWanted};
use simvenue::Fault;

use super::scene::{Heard, Scene};

/// At four times the venue's speed.
const FREEZE: Duration = Duration::from_secs(15);

/// Every trade of the venue's list in the span, as many times as it is there.
async fn listed(
    scene: &Scene,
    from: UnixMillis,
    to: UnixMillis,
    least: Usd,
) -> Vec<TransactionHash> {
    let client = DataClient::new(scene.reach.connect().unwrap());
    let mut pages = client.trades(&TradesWanted { from, to, value_usd_min: least });
    let mut all = Vec::new();
    while let Some(page) = pages.next_page().await.unwrap() {
        let inside = page.trades.iter().filter(|it| it.at >= from && it.at <= to);
        let hashes = inside.filter_map(|trade| trade.transaction);
        all.extend(hashes.map(|hash| TransactionHash::from_bytes(*hash.bytes())));
    }
    all
}

/// Each trade of the list was told, once: some as they were heard, some as the list had them.
fn check(heard: &Heard, wanted: &[TransactionHash]) {
    let mut told: BTreeMap<TransactionHash, Vec<Source>> = BTreeMap::new();
    for printed in heard.prints.iter().filter(|it| it.hearing == Hearing::First) {
        let print = &printed.told.print;
        told.entry(print.transaction.unwrap()).or_default().push(print.source);
    }
    assert!(told.values().all(|sources| sources.len() == 1), "each trade is told once");
    let missing: Vec<_> = wanted.iter().filter(|hash| !told.contains_key(hash)).collect();
    assert!(missing.is_empty(), "{} of {} trades are missing", missing.len(), wanted.len());
    let lives = wanted.iter().filter(|hash| told[hash][0] == Source::Live).count();
    assert!(lives > 0 && lives < wanted.len(), "{lives} of {} live", wanted.len());
}

#[actix::test]
async fn a_stream_that_freezes_for_a_minute_and_is_cut_loses_no_trade_and_doubles_none() {
    let mut scene = Scene::open().await;
    scene.listen(10, 100_000).await;
    let lives = |heard: &Heard| {
        heard.prints.iter().filter(|it| it.told.print.source == Source::Live).count()
    };
    scene.until("live trades", |heard| (lives(heard) >= 5).then_some(())).await;
    let begun = scene.heard.lock().unwrap().prints.iter().map(|it| it.told.print.at).max().unwrap();

    scene.venue.inject(Fault::FreezeActivity { for_ms: 15_000 }).unwrap();
    tokio::time::sleep(FREEZE / 2).await;
    assert_ne!(scene.board.get().state, TapeState::Live, "the silence was noticed");
    scene.venue.inject(Fault::Disconnect).unwrap();
    tokio::time::sleep(FREEZE / 2).await;
    let before = lives(&scene.heard.lock().unwrap());
    scene.until("live again", |heard| (lives(heard) > before + 3).then_some(())).await;
    let ended = scene.heard.lock().unwrap().prints.iter().map(|it| it.told.print.at).max().unwrap();
    let complete = || scene.board.get().complete_to.is_some_and(|at| at.0 > ended.0 + 2_000);
    scene.until("a walk after the end", |_| complete().then_some(())).await;

    let wanted = listed(&scene, begun, ended, Usd::from_whole(10)).await;
    check(&scene.heard.lock().unwrap(), &wanted);
    scene.close().await;
}
