//! The swarm with simulated models on the real protocol, a simulated venue and a real database.

mod injection;
mod money;
mod scene;
mod troubles;

use std::time::Duration;

use actors::swarm::{AskRefused, ForecastStage};
use domain::Probability;
use simvenue::{Fault, Winner};

use crate::supervision::victim::in_system;
use scene::{LONG, Scene};

#[test]
fn five_models_make_a_forecast_although_one_is_slow_and_one_talks_nonsense() {
    in_system(async {
        let names = ["oracle", "analyst", "contrarian", "tortoise", "babbler"];
        let scene = Scene::open(&names, |settings| {
            settings.deadline = Duration::from_secs(3);
        })
        .await;
        let id = scene.ask(0).await.unwrap();
        let record = scene.until_ended(&id).await;
        let forecast = record.forecast().unwrap_or_else(|| panic!("{:?}", record.stage));
        assert!(forecast.ballots.iter().filter(|ballot| ballot.stated.is_some()).count() >= 2);
        assert_eq!(Some(Probability::from_price(forecast.market.price)), record.market);
        assert!(forecast.low <= forecast.blended && forecast.blended <= forecast.high);
        let weights: u32 = forecast.ballots.iter().map(|ballot| ballot.weight_ppm).sum();
        assert!((999_990..=1_000_010).contains(&weights), "{weights}");
        // Everything is in the database, the question's row and each call's.
        scene
            .until("both calls of each model are written down", async |scene| {
                scene.answers(&id).await.len() == 10
            })
            .await;
        let row = scene.store().await.forecasts().find(&id).await.unwrap().unwrap();
        assert_eq!(row.blended, Some(forecast.blended));
        let heard = scene.heard_stages(&id);
        assert_eq!(heard, ["asking", "published"]);
        scene.close().await;
    });
}

#[test]
fn the_same_name_is_the_same_forecast_and_a_market_is_asked_about_once_at_a_time() {
    in_system(async {
        let scene = Scene::open(&["oracle", "analyst"], |_| {}).await;
        let id = scene.ask_as("mine", 0).await.unwrap();
        assert_eq!(scene.ask_as("mine", 0).await.unwrap(), id);
        assert_eq!(scene.ask_as("other", 0).await, Err(AskRefused::Running("mine".into())));
        scene.until_ended(&id).await;
        assert_eq!(scene.ask_as("mine", 0).await.unwrap(), id, "and it is not asked again");
        let calls = scene.requests();
        // The same question within the hour is answered from what is known, at no cost.
        scene.ask_as("other", 0).await.unwrap();
        let again = scene.until_ended("other").await;
        assert!(again.forecast().is_some(), "{:?}", again.stage);
        assert_eq!(again.cost, domain::Usd::ZERO);
        assert_eq!(scene.requests(), calls);
        scene.close().await;
    });
}

#[test]
fn a_resolved_market_scores_its_forecast_and_teaches_the_panel() {
    in_system(async {
        let scene = Scene::open(&["oracle", "contrarian"], |settings| {
            settings.resolutions_interval = Duration::from_millis(300);
        })
        .await;
        let id = scene.ask(0).await.unwrap();
        scene.until_ended(&id).await;
        let market = Some(scene.markets[0].slug.to_string());
        scene.venue.inject(Fault::Resolve { market, yes_wins: Winner::Yes }).unwrap();
        scene
            .until("the end is known", async |scene| {
                scene.board.find(&id).is_some_and(|record| record.resolved.is_some())
            })
            .await;
        let record = scene.board.find(&id).unwrap();
        assert_eq!(record.resolved.map(|(_, outcome)| outcome), Some(Probability::ONE));
        let view = scene.board.view();
        assert_eq!(view.scores.report.as_ref().map(|report| report.score.count), Some(1));
        assert_eq!(view.scores.members.len(), 2);
        assert!(view.standings.iter().all(|standing| standing.resolved == 1), "{view:?}");
        // What was learned is there again after a restart.
        let scene = scene.reopen().await;
        let view = scene.board.view();
        assert!(view.standings.iter().all(|standing| standing.resolved == 1), "{view:?}");
        assert!(scene.board.find(&id).is_some_and(|record| record.resolved.is_some()));
        scene.close().await;
    });
}

#[test]
fn the_swarm_chooses_markets_by_itself_and_none_twice() {
    in_system(async {
        let scene = Scene::open(&["oracle", "analyst"], |settings| {
            settings.interval = Some(Duration::from_millis(100));
            settings.questions_max = 3;
        })
        .await;
        scene.watch_books(4);
        scene
            .until("three markets were chosen", async |scene| {
                scene.board.recent().iter().filter(|it| it.forecast().is_some()).count() >= 3
            })
            .await;
        let recent = scene.board.recent();
        let markets: std::collections::BTreeSet<_> =
            recent.iter().map(|record| record.condition).collect();
        assert_eq!(markets.len(), recent.len(), "a market was chosen twice");
        assert!(recent.iter().all(|record| &*record.source == "schedule"));
        scene.close().await;
    });
}

#[test]
fn what_a_dead_process_left_unfinished_is_told_as_failed() {
    in_system(async {
        let scene = Scene::open(&["tortoise", "oracle"], |settings| {
            settings.deadline = Duration::from_secs(30);
        })
        .await;
        let id = scene.ask(0).await.unwrap();
        scene
            .until("the question is written down", async |scene| {
                scene.store().await.forecasts().find(&id).await.unwrap().is_some()
            })
            .await;
        let scene = scene.reopen().await;
        let record = tokio::time::timeout(LONG, scene.until_ended(&id)).await.unwrap();
        let ForecastStage::Failed { reason } = &record.stage else { panic!("{record:?}") };
        assert!(reason.contains("ended before"), "{reason}");
        scene.close().await;
    });
}
