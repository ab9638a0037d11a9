//! Providers that fail in every way, and what the others notice of it: nothing.

use std::time::Duration;

use actors::swarm::{ForecastStage, MemberStatus};
use domain::Probability;
use engine::forecast::Failure;
use forecasters::{ApiKey, Endpoint, TokenLimit};
use simvenue::{Fault, Winner};

use super::scene::{Scene, at};
use crate::supervision::victim::in_system;

fn status(scene: &Scene, name: &str) -> MemberStatus {
    let view = scene.board.view();
    view.members.into_iter().find(|member| member.name.as_str() == name).unwrap()
}

/// Takes connections and never says a word.
async fn silent_provider() -> (tokio::net::TcpListener, Endpoint) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
    let key = ApiKey::new("k");
    let token_limit = TokenLimit::MaxTokens;
    (listener, Endpoint { base_url, model: "silent".into(), key, token_limit })
}

#[test]
fn an_error_of_one_provider_never_delays_the_others() {
    in_system(async {
        let (_silent, endpoint) = silent_provider().await;
        let nowhere = Endpoint { base_url: "http://127.0.0.1:1/v1".into(), ..endpoint.clone() };
        let scene = Scene::open(&["oracle", "analyst", "flaky", "declining"], |settings| {
            settings.members.insert(0, at("silent", endpoint));
            settings.members.insert(0, at("nowhere", nowhere));
            settings.deadline = Duration::from_secs(8);
            settings.call_time_max = Duration::from_secs(12);
        })
        .await;
        let id = scene.ask(0).await.unwrap();
        // Both sound models have answered long before anything else comes to its end.
        scene
            .until("the sound models have answered", async |scene| {
                status(scene, "oracle").answered == 2 && status(scene, "analyst").answered == 2
            })
            .await;
        assert_eq!(status(&scene, "silent").asked, 0, "its calls are still under way");
        for name in ["oracle", "analyst"] {
            let took = status(&scene, name).latency_ms.unwrap();
            assert!(took < 6_000, "{name} took {took} ms: somebody held it up");
        }
        let record = scene.until_ended(&id).await;
        let forecast = record.forecast().unwrap_or_else(|| panic!("{:?}", record.stage));
        let took = forecast.made_at.since(forecast.asked_at).0;
        assert!(took < 20_000, "published after {took} ms");
        scene
            .until("the silent provider is given up", async |scene| {
                status(scene, "silent").failures.get(&Failure::Late) == Some(&2)
            })
            .await;
        assert_eq!(status(&scene, "nowhere").failures.get(&Failure::Provider), Some(&2));
        assert_eq!(status(&scene, "declining").failures.get(&Failure::Refused), Some(&2));
        scene.close().await;
    });
}

#[test]
fn an_answer_after_the_deadline_is_kept_and_moves_nothing() {
    in_system(async {
        let scene = Scene::open(&["oracle", "analyst", "tortoise"], |settings| {
            settings.deadline = Duration::from_secs(3);
            settings.call_time_max = Duration::from_secs(60);
        })
        .await;
        let id = scene.ask(0).await.unwrap();
        let published = scene.until_ended(&id).await;
        let forecast = published.forecast().unwrap();
        assert!(forecast.ballots.iter().all(|it| it.member.as_str() != "tortoise"));
        scene
            .until("the late answers are kept", async |scene| {
                scene.answers(&id).await.iter().filter(|it| it.late).count() == 2
            })
            .await;
        let answers = scene.answers(&id).await;
        let late = answers.iter().filter(|it| it.late);
        assert!(late.into_iter().all(|it| it.member == "tortoise" && it.probability.is_some()));
        let after = scene.board.find(&id).unwrap();
        assert_eq!(after.forecast(), published.forecast(), "it moved");
        assert!(after.cost > published.cost, "a late answer costs all the same");
        scene.close().await;
    });
}

#[test]
fn a_market_that_ends_while_answers_are_late_is_shown_as_ended_and_the_answers_are_scored_alone() {
    in_system(async {
        let scene = Scene::open(&["oracle", "analyst", "tortoise"], |settings| {
            settings.samples = 1;
            settings.deadline = Duration::from_secs(2);
            settings.call_time_max = Duration::from_secs(60);
            settings.resolutions_interval = Duration::from_millis(100);
        })
        .await;
        let id = scene.ask(0).await.unwrap();
        let published = scene.until_ended(&id).await;
        assert!(published.forecast().is_some(), "{:?}", published.stage);
        let market = Some(scene.markets[0].slug.to_string());
        scene.venue.inject(Fault::Resolve { market, yes_wins: Winner::Yes }).unwrap();
        let is_resolved = async |scene: &Scene| {
            scene.board.find(&id).is_some_and(|record| record.resolved.is_some())
        };
        scene.until("the end is known", is_resolved).await;
        let slow = async |scene: &Scene| {
            let answers = scene.answers(&id).await;
            answers.iter().any(|it| it.member == "tortoise" && it.probability.is_some())
        };
        assert!(!slow(&scene).await, "the slow model was too fast for this test");
        assert_eq!(scene.board.view().scores.members.len(), 2);

        scene.until("the slow model has answered", slow).await;
        let scored = async |scene: &Scene| scene.board.view().scores.members.len() == 3;
        scene.until("the late answer is scored", scored).await;
        let after = scene.board.find(&id).unwrap();
        assert_eq!(after.resolved.map(|(_, outcome)| outcome), Some(Probability::ONE));
        assert_eq!(after.forecast(), published.forecast(), "a late answer moved the forecast");
        let view = scene.board.view();
        let standing = view.standings.iter().find(|it| it.member.as_str() == "tortoise").unwrap();
        assert_eq!(standing.resolved, 1, "and it taught whom to believe");
        scene.close().await;
    });
}

#[test]
fn without_a_quorum_there_is_no_forecast_and_the_reason_names_the_failures() {
    in_system(async {
        let scene = Scene::open(&["oracle", "declining", "gone/nobody"], |_| {}).await;
        let id = scene.ask(0).await.unwrap();
        let record = scene.until_ended(&id).await;
        let ForecastStage::Failed { reason } = &record.stage else { panic!("{record:?}") };
        assert!(reason.contains("refused to answer"), "{reason}");
        assert!(reason.contains("could not be asked"), "{reason}");
        let gone = status(&scene, "gone/nobody");
        assert!(gone.last_error.is_some_and(|error| error.contains("404")));
        scene.close().await;
    });
}

#[test]
fn an_answer_that_cannot_be_read_is_repaired_once_and_then_counts_as_failed() {
    in_system(async {
        let scene = Scene::open(&["oracle", "analyst", "babbler"], |settings| {
            settings.samples = 5;
        })
        .await;
        let id = scene.ask(0).await.unwrap();
        scene.until_ended(&id).await;
        scene
            .until("every call is written down", async |scene| scene.answers(&id).await.len() == 15)
            .await;
        let answers = scene.answers(&id).await;
        let babble: Vec<_> = answers.iter().filter(|it| it.member == "babbler").collect();
        let failed = |it: &&&store::ModelAnswerRow| {
            it.failure.as_ref().is_some_and(|failure| failure.as_str() == "malformed")
        };
        assert!(babble.iter().filter(failed).count() >= 1, "{babble:#?}");
        assert!(babble.iter().filter(failed).all(|it| it.repaired), "it was asked once more");
        let sound = answers.iter().filter(|it| it.member != "babbler");
        assert!(sound.into_iter().all(|it| !it.repaired));
        scene.close().await;
    });
}
