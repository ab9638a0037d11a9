//! What goes wrong on the way, and that everything still happens once.

use std::time::Duration;

use actors::supervision::ActorRef;
use domain::{Shares, Usd};
use engine::desk::TaskState;
use simvenue::{Fault, WalletKind};

use super::scene::{CASH, Scene, in_system, merge, split};

async fn wait(milliseconds: u64) {
    actix_rt::time::sleep(Duration::from_millis(milliseconds)).await;
}

async fn kill<A>(role: &ActorRef<A>)
where
    A: actix::Actor<Context = actix::Context<A>>,
{
    let before = role.incarnation();
    role.kill();
    while role.incarnation() == before {
        wait(5).await;
    }
}

/// One hundred sets were made, once.
fn assert_split_once(scene: &Scene, market: &engine::signal::TradedMarket, what: &str) {
    assert_eq!(scene.view().cash.settled, CASH - Usd::from_whole(100), "{what}");
    assert_eq!(scene.settled(market.tokens[0]), Shares::from_whole(100), "{what}");
    scene.assert_settled(what);
}

#[test]
fn a_worker_that_dies_between_signing_and_sending_carries_it_out_once() {
    in_system(async {
        let scene = Scene::open().await;
        let market = scene.plain();
        scene.lose_submissions(true);
        scene.begin(split(&market, 100)).await;
        scene.until_state(TaskState::Prepared).await;
        let text = scene.view().tasks[0].prepared.clone();
        kill(&scene.roles.worker).await;
        kill(&scene.roles.risk_manager).await;
        scene.agree();
        wait(1_500).await;
        assert_eq!(scene.view().cash.settled, CASH, "nothing left before");
        scene.until_state(TaskState::Prepared).await;
        assert_eq!(scene.view().tasks[0].prepared, text, "the same bytes");
        scene.lose_submissions(false);
        scene.until_over().await;
        assert_split_once(&scene, &market, "killed between signing and sending");
        scene.close().await;
    });
}

#[test]
fn whoever_dies_after_it_was_sent_it_is_carried_out_once() {
    in_system(async {
        let scene = Scene::open().await;
        let market = scene.plain();
        for victim in 0..3 {
            scene.suffer(Fault::StallTransactions { for_ms: 2_500 });
            scene.begin(split(&market, 100)).await;
            scene.until_state(TaskState::Prepared).await;
            wait(600).await;
            match victim {
                0 => kill(&scene.roles.worker).await,
                1 => kill(&scene.roles.risk_manager).await,
                _ => {
                    kill(&scene.roles.keeper).await;
                    kill(&scene.roles.risk_manager).await;
                    kill(&scene.roles.worker).await;
                }
            }
            scene.agree();
            scene
                .until("it is booked", |view| {
                    view.tasks.is_empty() && view.settled(market.tokens[0]).is_positive()
                })
                .await;
            assert_split_once(&scene, &market, &format!("victim {victim}"));
            scene.carry_out(merge(&market, 100)).await;
        }
        scene.close().await;
    });
}

#[test]
fn a_relayer_whose_answer_is_lost_carries_it_out_once() {
    in_system(async {
        let scene = Scene::open().await;
        let market = scene.plain();
        scene.suffer(Fault::LoseRelayerReplies { count: 3 });
        scene.carry_out(split(&market, 100)).await;
        assert_split_once(&scene, &market, "a lost answer");
        scene.close().await;
    });
}

#[test]
fn a_lost_answer_and_a_death_together_change_nothing() {
    in_system(async {
        let scene = Scene::open().await;
        let market = scene.plain();
        scene.suffer(Fault::LoseRelayerReplies { count: 1 });
        scene.suffer(Fault::StallTransactions { for_ms: 2_000 });
        scene.begin(split(&market, 100)).await;
        scene.until_state(TaskState::Prepared).await;
        wait(300).await;
        kill(&scene.roles.worker).await;
        scene.until_over().await;
        assert_split_once(&scene, &market, "a lost answer and a death");
        scene.close().await;
    });
}

#[test]
fn what_the_contracts_undo_is_told_releases_what_was_promised_and_does_not_block_the_next() {
    in_system(async {
        let scene = Scene::open().await;
        let market = scene.plain();
        scene.suffer(Fault::RevertTransactions { count: 1 });
        scene.carry_out(split(&market, 100)).await;
        assert_eq!(scene.view().cash.settled, CASH);
        scene.assert_settled("undone");
        let told = scene.told("task_failed").await;
        assert!(told.contains("the contracts undid it"), "{told}");
        scene.carry_out(split(&market, 100)).await;
        assert_split_once(&scene, &market, "the next one");
        scene.close().await;
    });
}

#[test]
fn what_can_never_be_done_is_refused_before_anything_is_signed() {
    in_system(async {
        let scene = Scene::open().await;
        let market = engine::signal::TradedMarket { question: None, ..scene.plain() };
        let task = engine::signal::ChainTask {
            effect: engine::signal::Holdings::default(),
            kind: engine::opportunity::ChainActionKind::Convert,
            ..split(&market, 1)
        };
        scene.carry_out(task).await;
        let told = scene.told("task_failed").await;
        assert!(told.contains("nothing can be converted"), "{told}");
        scene.assert_settled("refused");
        scene.close().await;
    });
}

#[test]
fn a_reorganised_chain_is_followed_to_the_end() {
    in_system(async {
        let scene = Scene::open().await;
        let market = scene.plain();
        for _ in 0..3 {
            scene.begin(split(&market, 100)).await;
            scene
                .until("it is in a block, or over", |view| {
                    view.tasks.iter().all(|task| task.state == TaskState::Mined)
                })
                .await;
            scene.suffer(Fault::Reorg { depth: 3 });
            scene.until_over().await;
            assert_split_once(&scene, &market, "a reorganised chain");
            scene.carry_out(merge(&market, 100)).await;
        }
        scene.close().await;
    });
}

#[test]
fn a_chain_that_is_away_is_told_in_plain_words_and_waited_for() {
    in_system(async {
        let scene = Scene::open().await;
        let market = scene.plain();
        scene.suffer(Fault::StallTransactions { for_ms: 1_500 });
        scene.begin(split(&market, 100)).await;
        scene.until_state(TaskState::Prepared).await;
        scene.suffer(Fault::Outage { for_ms: 3_000 });
        scene.until("it is told", |_| scene.board.venue().chain_refused.is_some()).await;
        scene.until_over().await;
        assert_split_once(&scene, &market, "an outage");
        scene.until("it is over", |_| scene.board.venue().chain_refused.is_none()).await;
        scene.close().await;
    });
}

#[test]
fn a_transaction_of_our_own_that_waits_offers_more_and_happens_once() {
    in_system(async {
        let scene = Scene::open_for(WalletKind::Eoa).await;
        let market = scene.plain();
        scene.suffer(Fault::StallTransactions { for_ms: 6_000 });
        scene.begin(split(&market, 100)).await;
        scene.until_state(TaskState::Prepared).await;
        let first = scene.view().tasks[0].clone();
        scene
            .until("it is signed again", |view| {
                view.tasks.first().is_some_and(|task| task.reference != first.reference)
            })
            .await;
        let (again, first) = (scene.view().tasks[0].prepared.clone(), first.prepared);
        let first = first.unwrap();
        let kept = first.trim_start_matches("{\"attempts\":[").trim_end_matches("]}");
        assert!(again.unwrap().contains(kept), "what was signed before is kept");
        kill(&scene.roles.worker).await;
        scene.until_over().await;
        assert_split_once(&scene, &market, "signed again");
        scene.close().await;
    });
}
