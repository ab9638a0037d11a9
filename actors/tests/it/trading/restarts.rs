//! Every role is killed in the middle of a trade: there is one order all the same, and the books
//! agree.

use std::time::Duration;

use super::scene::{Roles, Scene, in_system};

/// Kills one role at several moments of a purchase.
async fn killed(what: &str, kill: impl Fn(&Roles)) {
    let scene = Scene::open().await;
    for (number, wait_ms) in [(1, 0), (2, 3), (3, 15), (4, 60), (5, 400)] {
        scene.raise(scene.purchase(number, 10));
        actix_rt::time::sleep(Duration::from_millis(wait_ms)).await;
        kill(&scene.roles);
        actix_rt::time::sleep(Duration::from_millis(300)).await;
        let what = format!("{what}, {wait_ms} ms after the signal");
        scene.until(&what, |view| view.reconciled == engine::risk::Reconciled::Yes).await;
        scene.until_settled(&what).await;
        let audit = scene.audited();
        assert!(audit.orders_accepted <= number as usize, "{what}: {:?}", audit.orders);
    }
    // A signal that died with the risk manager is forgotten on purpose; the last one did not.
    assert!(scene.audited().orders_accepted >= 1, "{:?}", scene.audited().orders);
    scene.close().await;
}

#[test]
fn a_killed_executor_neither_loses_nor_doubles_an_order() {
    in_system(killed("the executor is killed", |roles| roles.executor.kill()));
}

#[test]
fn a_killed_account_feed_neither_loses_nor_doubles_an_order() {
    in_system(killed("the account feed is killed", |roles| roles.account_feed.kill()));
}

#[test]
fn a_killed_risk_manager_neither_loses_nor_doubles_an_order() {
    in_system(killed("the risk manager is killed", |roles| roles.risk_manager.kill()));
}

#[test]
fn a_killed_keeper_neither_loses_nor_doubles_an_order() {
    in_system(killed("the keeper is killed", |roles| roles.keeper.kill()));
}
