//! What goes wrong at the venue, and what becomes of the money.

use std::time::Duration;

use domain::DurationMillis;
use simvenue::Fault;

use super::scene::{Scene, Setting, in_system};

#[test]
fn an_order_whose_answer_is_lost_exists_once() {
    in_system(async {
        let scene = Scene::open().await;
        for number in 1..=3 {
            scene.venue.inject(Fault::LoseReplies { count: 1 }).unwrap();
            scene.raise(scene.purchase(number, 10));
            scene
                .until_so("the order", |scene| scene.audited().orders_accepted == number as usize)
                .await;
            scene.until_settled("a lost answer").await;
        }
        assert_eq!(scene.audited().orders_accepted, 3);
        scene.close().await;
    });
}

#[test]
fn an_engine_that_restarts_is_waited_for_and_no_order_is_doubled() {
    in_system(async {
        let scene = Scene::open().await;
        let retry_after_s = Some(1);
        let fault = Fault::RejectRequests { status: 425, retry_after_s, for_ms: 1_500 };
        scene.venue.inject(fault).unwrap();
        scene.raise(scene.purchase(1, 10));
        scene.until("it is refused", |view| view.plans.is_empty()).await;
        actix_rt::time::sleep(Duration::from_millis(2_500)).await;
        scene.raise(scene.purchase(2, 10));
        scene.until_so("it trades", |scene| !scene.audited().trades.is_empty()).await;
        scene.until_settled("after a restart of the engine").await;
        assert_eq!(scene.audited().orders_accepted, 1);
        scene.close().await;
    });
}

#[test]
fn a_region_block_is_told_in_plain_words_and_lifted_when_an_order_goes_through() {
    in_system(async {
        let setting = Setting {
            executor: |it| it.restraint.probe_interval = DurationMillis(1_500),
            ..Setting::default()
        };
        let scene = Scene::open_with(setting).await;
        scene.venue.inject(Fault::RegionBlock { for_ms: 4_000 }).unwrap();
        scene.raise(scene.purchase(1, 10));
        let refused = |scene: &Scene| scene.board.venue().orders_refused;
        scene.until_so("it is told", |scene| refused(scene).is_some()).await;
        let words = refused(&scene).unwrap();
        assert!(words.starts_with("The venue takes no orders from this region"), "{words}");
        scene.raise(scene.purchase(2, 10));
        scene.until("both are over", |view| view.plans.is_empty()).await;
        assert_eq!(scene.audited().orders_accepted, 0);
        actix_rt::time::sleep(Duration::from_millis(6_000)).await;
        scene.raise(scene.purchase(3, 10));
        scene.until_so("it trades", |scene| !scene.audited().trades.is_empty()).await;
        scene.until_so("it is lifted", |scene| refused(scene).is_none()).await;
        scene.until_settled("after the block").await;
        scene.close().await;
    });
}

#[test]
fn a_trade_that_fails_to_settle_is_taken_back_whole() {
    in_system(async {
        let scene = Scene::open().await;
        scene.venue.inject(Fault::FailSettlement { count: 1 }).unwrap();
        scene.raise(scene.purchase(1, 10));
        scene.until_so("the purchase", |scene| !scene.audited().trades.is_empty()).await;
        scene.until_settled("a trade that failed").await;
        scene.close().await;
    });
}

#[test]
fn news_that_the_user_socket_lost_are_learned_all_the_same() {
    in_system(async {
        let scene = Scene::open().await;
        scene.until_so("the socket", |scene| scene.board.venue().user_socket_up).await;
        scene.venue.inject(Fault::LoseUserEvents { count: 1_000 }).unwrap();
        scene.venue.inject(Fault::Disconnect).unwrap();
        scene.raise(scene.purchase(1, 10));
        scene.until_so("the purchase", |scene| !scene.audited().trades.is_empty()).await;
        scene.until_settled("without the socket").await;
        scene.close().await;
    });
}

#[test]
fn money_that_nobody_knows_of_halts_trading_and_both_sides_are_shown() {
    in_system(async {
        let setting = Setting {
            account_feed: |it| {
                it.compare_interval = Duration::from_secs(1);
                it.confirm_after = DurationMillis(1_500);
            },
            ..Setting::default()
        };
        let scene = Scene::open_with(setting).await;
        let owner = scene.owner();
        let more = domain::Usd::from_whole(7);
        scene.venue.provision(owner, simvenue::WalletKind::Deposit, more).unwrap();
        scene.until("it is halted", |view| view.halt.is_some()).await;
        let differences = scene.board.venue().differences;
        let told: Vec<String> = differences.iter().map(ToString::to_string).collect();
        let told = told.join("; ");
        assert!(told.contains("The wallet holds 1007 dollars and 1000 are booked"), "{told}");
        scene.close().await;
    });
}
