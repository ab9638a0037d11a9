//! A market as the models may know it.

use std::sync::Arc;
use std::time::Duration;

use domain::{Market, UnixMillis};
use engine::forecast::{ANSWER_SCHEMA, Prompt as Words, Question, ResearchNote};
use forecasters::Prompt;
use polymarket::gamma::GammaClient;
use polymarket::http::Settings as VenueSettings;

/// How long the venue may take to tell a market's rules.
const WAIT_MAX: Duration = Duration::from_secs(5);

/// The rules of a market in the venue's words; nothing where the venue does not tell them in time.
pub(super) async fn rules(venue: &VenueSettings, market: &Market) -> String {
    let asked = async {
        let gamma = GammaClient::new(venue.connect().map_err(|error| error.to_string())?);
        gamma.rules(market.condition).await.map_err(|error| error.to_string())
    };
    match tokio::time::timeout(WAIT_MAX, asked).await {
        Ok(Ok(rules)) => rules.unwrap_or_default(),
        Ok(Err(error)) => {
            tracing::warn!(%error, market = %market.condition, "asked without the rules");
            String::new()
        }
        Err(_) => String::new(),
    }
}

/// What a market is about: its first tag.
pub(super) fn category(market: &Market) -> Arc<str> {
    market.tags.first().cloned().unwrap_or_else(|| "".into())
}

/// The question. There is no price in it: [`Question`] has no field for one.
pub(super) fn question(market: &Market, rules: &str, notes: Vec<ResearchNote>) -> Question {
    Question::new(&market.title, &market.yes().name)
        .with_rules(rules)
        .with_end(market.ends_at)
        .with_category(&category(market))
        .with_tags(market.tags.iter().map(AsRef::as_ref))
        .with_notes(notes)
}

/// The question as every member is sent it.
pub(super) fn prompt(question: &Question, now: UnixMillis) -> Prompt {
    let Words { system, user } = Words::of(question, now);
    let form = serde_json::from_str(ANSWER_SCHEMA).unwrap_or_default();
    Prompt { system: system.into(), user: user.into(), form_name: "forecast", form: Arc::new(form) }
}
