//! Whales of the crowd: found once, looked up, graded.

use std::collections::BTreeSet;
use std::sync::Arc;

use actors::collectors::Listing;
use domain::{Market, MarketState, Price, Usd};
use store::GradeState;

use super::scene::{Heard, Scene};

fn check_each_once(heard: &Heard) {
    let ids: BTreeSet<_> = heard.seen.iter().map(|whale| &whale.id).collect();
    assert_eq!(ids.len(), heard.seen.len(), "each whale is told once");
}

#[actix::test]
async fn whales_are_told_once_looked_up_and_graded_when_their_market_pays() {
    let mut scene = Scene::open().await;
    scene.listen(1_000, 10_000).await;
    let first = scene.until("a whale", |heard| heard.seen.first().cloned()).await;
    assert!(first.value >= Usd::from_whole(10_000));
    let (old, new) = scene
        .until("wallets of both kinds", |heard| {
            let of = |fresh| heard.kept.iter().find(|whale| whale.fresh == Some(fresh)).cloned();
            Some((of(false)?, of(true)?))
        })
        .await;
    assert_ne!(old.wallet, new.wallet);
    let profile = scene
        .until("the wallet of the old one", |heard| {
            heard.wallets.iter().find(|it| Some(it.address) == old.wallet).cloned()
        })
        .await;
    assert!(profile.settled >= 10 && profile.wins < profile.settled, "{profile:?}");
    assert!(profile.first_seen_at.is_some());

    let listing = scene.listing.get();
    let pays = |market: &Arc<Market>| {
        let payouts = Some([Price::ONE, Price::ZERO]);
        let state = match market.condition == first.condition {
            true => MarketState::Closed { payouts },
            false => market.state,
        };
        Arc::new(Market { state, ..(**market).clone() })
    };
    let markets = listing.markets.values().map(pays).collect();
    scene.listing.set(Arc::new(Listing::new(markets, Vec::new())));
    let graded = scene
        .until("grades", |heard| {
            let mut rows = heard.kept.iter().filter(|row| row.id == first.id);
            rows.find(|row| row.grades[2].state == GradeState::Graded).cloned()
        })
        .await;
    let yes = listing.markets[&first.condition].yes().token;
    let paid = if graded.stake_token == Some(yes) { Usd::from_whole(1) } else { Usd::ZERO };
    assert_eq!(graded.grades[2].mark, Some(paid));
    assert!(graded.grades.iter().all(|grade| grade.state == GradeState::Graded));

    check_each_once(&scene.heard.lock().unwrap());
    scene.close().await;
}
