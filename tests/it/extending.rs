//! The worked examples of docs/extending.md: each compiles, does what the text says, and is the code
//! that the text shows.

mod event_type;
mod filter;
mod provider;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use actors::fan_out::{Arrival, Hub, HubLimits, Out};
use actors::supervision::{ChildSpec, Life, RootOptions, Signals, Strategy, SupervisorSpec, start};
use domain::{ConditionId, MarketState, UnixMillis};
use engine::filter::{FilterReason, FilterSettings, MarketFilter};
use engine::forecast::{ANSWER_SCHEMA, Answer, Prompt as Words, Question};
use forecasters::{Forecaster, Prompt};
use futures_util::StreamExt;

use crate::trading::scene::market;
use event_type::{MarketPutAside, Teller};
use filter::ShortTitles;
use provider::BaseRates;

const SOON: Duration = Duration::from_secs(20);

fn prompt(title: &str) -> Prompt {
    let Words { system, user } = Words::of(&Question::new(title, "Yes"), UnixMillis(0));
    Prompt {
        system: system.into(),
        user: user.into(),
        form_name: "forecast",
        form: Arc::new(serde_json::from_str(ANSWER_SCHEMA).unwrap()),
    }
}

#[actix_rt::test]
async fn a_provider_of_ones_own_answers_in_the_form_that_the_swarm_reads() {
    let model: Box<dyn Forecaster> = Box::new(BaseRates { rates: vec![("rain", 0.3)] });
    let asked = prompt("Will it rain in Lisbon?");
    let reply = model.ask(&asked, 500, SOON).await.unwrap();
    let answer = Answer::read(&reply.text).unwrap();
    let stated = answer.estimate().unwrap();
    assert_eq!(stated.probability.millionths(), 300_000);
    assert_eq!((stated.low.millionths(), stated.high.millionths()), (200_000, 400_000));
    let unknown = prompt("Will the bridge open?");
    let reply = model.ask(&unknown, 500, SOON).await.unwrap();
    assert!(matches!(Answer::read(&reply.text), Ok(Answer::Abstained { .. })));
}

#[test]
fn a_filter_of_ones_own_hides_markets_and_says_why_wherever_filters_are_asked() {
    let filter =
        MarketFilter::new(FilterSettings::default()).with(Arc::new(ShortTitles { chars_max: 20 }));
    let mut market = market(1, MarketState::Open);
    market.title = "Will it rain?".into();
    assert_eq!(filter.check(&market, UnixMillis(0)), Ok(()));
    market.title = "Will it rain in Lisbon on the last day of the month?".into();
    let why = filter.check(&market, UnixMillis(0)).unwrap_err();
    assert_eq!(
        (why.code(), why.to_string()),
        ("title_too_long", "Its title has 52 letters.".into())
    );
    assert!(matches!(why, FilterReason::Other { .. }));
}

#[actix_rt::test]
async fn an_event_type_of_ones_own_reaches_the_clients_of_the_socket() {
    let hub = Hub::new(HubLimits::default(), |lost| format!("{lost} lost").into());
    let mut client = hub.join(Arrival::default()).unwrap().stream();
    let of_teller = Arc::clone(&hub);
    let (teller, address) = ChildSpec::actor("teller", move |_, _: &Life<Teller>| Teller {
        hub: Arc::clone(&of_teller),
    })
    .build();
    let root = SupervisorSpec::new("root", Strategy::OneForOne).child(teller);
    let running = start(root, &RootOptions { signals: Signals::Ignore, ..RootOptions::default() });
    let condition = ConditionId::from_bytes([7; 32]);
    address.handle::<MarketPutAside>().tell(MarketPutAside { condition }).unwrap();
    let told = actix_rt::time::timeout(SOON, client.next()).await.unwrap();
    let Some(Out::Text(text)) = told else { panic!("{told:?}") };
    let frame: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(frame["type"], "market_put_aside");
    assert_eq!(frame["data"]["condition_id"], condition.to_string());
    running.shutdown();
    running.wait().await;
}

#[test]
fn the_document_shows_the_code_that_is_tested_here() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let document = std::fs::read_to_string(root.join("docs/extending.md")).unwrap();
    for entry in std::fs::read_dir(root.join("tests/it/extending")).unwrap() {
        let path = entry.unwrap().path();
        let (name, code) = (path.file_name().unwrap().to_str().unwrap().to_owned(), &path);
        let code = std::fs::read_to_string(code).unwrap();
        let shown = format!("`tests/it/extending/{name}`:\n\n```rust\n{}\n```\n", code.trim());
        assert!(document.contains(&shown), "docs/extending.md does not show {name} as it is");
    }
}
