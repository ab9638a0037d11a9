//! The day's budget, whatever happens.

use actors::swarm::AskRefused;
use domain::Usd;

use super::scene::Scene;
use crate::supervision::victim::in_system;

#[test]
fn a_hundred_questions_at_once_never_spend_more_than_the_day_has() {
    in_system(async {
        let limit = Usd::from_micros(400_000);
        let scene = Scene::open(&["oracle", "analyst", "contrarian"], |settings| {
            settings.usd_day_max = limit;
            settings.questions_max = 100;
            settings.calls_max = 50;
        })
        .await;
        let count = scene.markets.len();
        let asked = (0..100).map(|number| {
            let scene = &scene;
            async move { scene.ask_as(&format!("q{number}"), number % count).await }
        });
        let answers = futures_util::future::join_all(asked).await;
        let begun: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().ok()).collect();
        let refused = |answer: &&Result<_, _>| {
            matches!(answer, Err(AskRefused::Running(_) | AskRefused::NoBudget))
        };
        assert_eq!(begun.len() + answers.iter().filter(refused).count(), 100, "{answers:?}");
        for id in begun {
            scene.until_ended(id).await;
        }
        // What is not settled yet counts in full.
        let day = scene.store().await.model_budget().day(now()).await.unwrap();
        assert!(day.used() <= limit, "{day:?}");
        assert!(day.calls > 0 && day.spent > Usd::ZERO, "{day:?}");
        scene.close().await;
    });
}

#[test]
fn what_is_spent_stays_spent_over_a_restart_and_no_money_asks_nobody() {
    in_system(async {
        let scene = Scene::open(&["oracle", "analyst"], |settings| {
            settings.usd_day_max = Usd::from_micros(120_000);
        })
        .await;
        let id = scene.ask(0).await.unwrap();
        let record = scene.until_ended(&id).await;
        assert!(record.forecast().is_some(), "{:?}", record.stage);
        let store = scene.store().await;
        scene
            .until("the calls are settled", async |_| {
                store.model_budget().day(now()).await.unwrap().reserved == Usd::ZERO
            })
            .await;
        let spent = store.model_budget().day(now()).await.unwrap().spent;
        assert_eq!(spent, record.cost, "the forecast's cost is what was paid");
        // Another process took the rest, and died.
        let left = scene.settings.usd_day_max - spent;
        let limit = scene.settings.usd_day_max;
        assert!(store.model_budget().reserve("another's", now(), left, limit).await.unwrap());
        let scene = scene.reopen().await;
        let calls = scene.requests();
        assert_eq!(scene.ask(1).await, Err(AskRefused::NoBudget));
        assert_eq!(scene.requests(), calls, "somebody was asked without money");
        scene.close().await;
    });
}

fn now() -> domain::UnixMillis {
    actors::clock::Clock::System.now()
}
