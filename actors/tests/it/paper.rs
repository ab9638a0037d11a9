//! Paper trading: the real books, desk and journal, and a venue that is none.

mod scene;
mod texts;

use engine::desk::TradingView;
use std::time::Duration;

use domain::{Lifetime, Shares, Side, TradeState, Usd};
use engine::desk::{Control, EndCause, Event, OrderState};
use engine::risk::Reconciled;

use crate::supervision::victim::in_system;
use scene::Scene;

fn is_over(view: &TradingView) -> bool {
    view.plans.is_empty() && view.tasks.is_empty() && view.cash.pending_out == Usd::ZERO
}

#[test]
fn a_parity_opportunity_becomes_settled_dollars_on_paper() {
    in_system(async {
        let scene = Scene::open().await;
        scene.books("0.45x200", "0.46x200", "0.49x200", "0.50x200");
        scene.raise(scene.parity(1));
        let done = Usd::from_whole(10_004);
        scene.until("the sets are merged", |view| is_over(view) && view.cash.settled == done).await;
        let view = scene.view();
        assert!(view.held.iter().all(|held| held.position.settled == Shares::ZERO));
        assert_eq!(view.total.net(), Usd::from_whole(4));
        let states = scene.kept(|event| match event {
            Event::TradeSeen { state, .. } => Some(*state),
            _ => None,
        });
        for state in [TradeState::Matched, TradeState::Mined, TradeState::Confirmed] {
            assert!(states.contains(&state), "{states:?}");
        }
        assert_eq!(scene.openings().await, 1);
        scene.close().await;
    });
}

#[test]
fn an_order_without_a_book_that_can_be_believed_is_refused_and_trading_goes_on() {
    in_system(async {
        let scene = Scene::open().await;
        scene.raise(scene.purchase(1, 50, "0.46", Lifetime::FillAndKill));
        scene
            .until_kept("it is refused", |event| match event {
                Event::OrderEnded { cause: EndCause::Rejected { code, .. }, .. } => {
                    code == "not_enough_liquidity"
                }
                _ => false,
            })
            .await;
        scene.books("0.45x200", "0.46x200", "0.49x200", "0.50x200");
        scene.raise(scene.purchase(2, 50, "0.46", Lifetime::FillAndKill));
        let paid = Usd::from_whole(10_000 - 23);
        scene.until("the next one is filled", |view| view.cash.settled == paid).await;
        scene.close().await;
    });
}

#[test]
fn a_cancellation_that_comes_too_late_finds_the_fill() {
    in_system(async {
        let scene = Scene::open().await;
        scene.books("0.39x200", "0.46x200", "0.49x200", "0.50x200");
        scene.raise(scene.purchase(1, 50, "0.40", Lifetime::GoodTilCancelled));
        let rests =
            |view: &TradingView| view.orders.iter().any(|order| order.state == OrderState::Live);
        scene.until("it rests", rests).await;
        let id = scene.view().orders[0].id;
        scene.order(Control::Cancel(id)).await;
        scene.books("0.39x200", "0.40x80", "0.49x200", "0.50x200");
        scene
            .until("it is settled", |view| {
                is_over(view) && view.cash.settled == Usd::from_whole(10_000 - 20)
            })
            .await;
        assert_eq!(
            scene.kept(|event| match event {
                Event::OrderEnded { cause, matched, .. } => Some((cause.clone(), *matched)),
                _ => None,
            }),
            [(EndCause::Filled, Shares::from_whole(50))]
        );
        scene.close().await;
    });
}

#[test]
fn a_printed_trade_fills_what_rests_once_the_queue_before_it_is_served() {
    in_system(async {
        let scene = Scene::open().await;
        scene.books("0.40x30", "0.46x200", "0.49x200", "0.50x200");
        scene.raise(scene.purchase(1, 50, "0.40", Lifetime::GoodTilCancelled));
        scene
            .until("it rests", |view| {
                view.orders.iter().any(|order| order.state == OrderState::Live)
            })
            .await;
        scene.print("0.40", "40", Side::Sell);
        scene
            .until("ten are behind the queue", |view| {
                view.held.iter().any(|held| held.position.settled == Shares::from_whole(10))
            })
            .await;
        scene.close().await;
    });
}

#[test]
fn a_halt_cancels_what_rests_and_proves_it() {
    in_system(async {
        let scene = Scene::open().await;
        scene.books("0.39x200", "0.46x200", "0.49x200", "0.50x200");
        scene.raise(scene.purchase(1, 50, "0.40", Lifetime::GoodTilCancelled));
        scene
            .until("it rests", |view| {
                view.orders.iter().any(|order| order.state == OrderState::Live)
            })
            .await;
        scene.order(Control::Halt { reason: "a test".to_owned() }).await;
        scene.until("nothing is open", |view| view.open_orders().next().is_none()).await;
        let board = scene.board.clone();
        scene.until("it is proven", move |_| board.halt_proven_at().is_some()).await;
        assert_eq!(scene.view().cash.settled, Usd::from_whole(10_000));
        scene.close().await;
    });
}

#[test]
fn whoever_is_killed_in_the_middle_nothing_is_stuck_and_the_ledger_balances() {
    for (victim, after_ms) in
        [("paper", 60), ("paper", 350), ("risk", 200), ("keeper", 200), ("all", 120), ("all", 450)]
    {
        in_system(async move {
            let scene = Scene::open().await;
            scene.books("0.45x500", "0.46x500", "0.49x500", "0.50x500");
            scene.raise(scene.parity(1));
            actix_rt::time::sleep(Duration::from_millis(after_ms)).await;
            scene.kill(victim);
            scene.books("0.45x500", "0.46x500", "0.49x500", "0.50x500");
            // A wish that nobody had written down may be gone with whoever heard it; written down,
            // the same wish is carried out once.
            scene.until(victim, |view| view.reconciled == Reconciled::Yes).await;
            let begun = scene.journal().await;
            if !begun.iter().any(|event| matches!(event, Event::PlanOpened { .. })) {
                scene.raise(scene.parity(1));
            }
            scene.until_closed(victim).await;
            scene.until(victim, is_over).await;
            scene.check().await;
            assert_eq!(scene.openings().await, 1, "{victim} after {after_ms} ms");
            scene.close().await;
        });
    }
}
