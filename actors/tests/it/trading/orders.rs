//! From a signal to settled money, and back to nothing at rest.

use engine::desk::{Control, OrderState};

use super::scene::{CASH, Scene, in_system, now};

#[test]
fn the_desk_begins_with_what_the_wallet_holds_booked_once() {
    in_system(async {
        let scene = Scene::open().await;
        assert_eq!(scene.view().cash.settled, CASH);
        for _ in 0..3 {
            scene.roles.account_feed.kill();
            scene.roles.risk_manager.kill();
            let before = scene.roles.risk_manager.incarnation();
            scene
                .until_so("the next risk manager", |s| s.roles.risk_manager.incarnation() > before)
                .await;
        }
        actix_rt::time::sleep(std::time::Duration::from_secs(2)).await;
        assert_eq!(scene.view().cash.settled, CASH);
        assert!(scene.board.venue().differences.is_empty());
        scene.close().await;
    });
}

#[test]
fn a_signal_becomes_an_order_fills_settles_and_the_auditor_agrees_to_the_millionth() {
    in_system(async {
        let scene = Scene::open().await;
        scene.raise(scene.purchase(1, 20));
        scene.until_so("the purchase", |scene| !scene.audited().trades.is_empty()).await;
        scene.until_settled("one purchase").await;
        let audit = scene.audited();
        assert_eq!(audit.orders_accepted, 1);
        assert!(audit.fees.is_positive(), "the market charges a fee");
        assert!(scene.view().total.fees.is_positive());
        scene.close().await;
    });
}

#[test]
fn orders_decided_together_leave_together() {
    in_system(async {
        let scene = Scene::open().await;
        let legs = (0..5).map(|leg| scene.low(60 + leg)).collect();
        scene.raise(scene.signal(1, legs));
        scene
            .until("all of them rest", |view| {
                view.orders.iter().filter(|order| order.state == OrderState::Live).count() == 5
            })
            .await;
        assert_eq!(scene.audited().orders_accepted, 5);
        scene.order(Control::CancelAll).await;
        scene.until_so("nothing rests", |s| s.audited().open_orders.is_empty()).await;
        scene.until_settled("five that found nobody").await;
        scene.close().await;
    });
}

#[test]
fn a_halt_cancels_what_rests_proves_it_and_sends_nothing_until_resumed() {
    in_system(async {
        let scene = Scene::open().await;
        scene.raise(scene.resting(1));
        scene.until_so("it rests", |scene| scene.audited().open_orders.len() == 1).await;
        let began = now();
        scene.order(Control::Halt { reason: "a person looked".to_owned() }).await;
        scene
            .until_so("the proof", |scene| {
                scene.board.halt_proven_at().is_some_and(|at| at >= began)
            })
            .await;
        assert!(scene.audited().open_orders.is_empty());
        scene.raise(scene.purchase(2, 20));
        scene
            .until("the desk knows that it is over", |view| view.open_orders().next().is_none())
            .await;
        assert_eq!(scene.audited().orders_accepted, 1, "nothing is begun");
        scene.order(Control::Resume).await;
        scene.raise(scene.purchase(3, 20));
        scene.until_so("it trades again", |scene| !scene.audited().trades.is_empty()).await;
        scene.until_settled("after the halt").await;
        scene.close().await;
    });
}

#[test]
fn a_halt_cancels_what_the_desk_does_not_know_before_it_says_that_nothing_rests() {
    in_system(async {
        let scene = Scene::open().await;
        scene.place_behind_the_desks_back().await;
        assert_eq!(scene.audited().open_orders.len(), 1);
        let began = now();
        scene.order(Control::Halt { reason: "somebody else trades".to_owned() }).await;
        scene
            .until_so("the proof", |scene| {
                scene.board.halt_proven_at().is_some_and(|at| at >= began)
            })
            .await;
        assert!(scene.audited().open_orders.is_empty());
        scene.close().await;
    });
}
