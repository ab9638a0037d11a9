//! What is known about a question besides its own words.

use std::time::Duration;

use engine::forecast::ResearchNote;
use forecasters::Research;

/// How long a source of notes may take.
const WAIT_MAX: Duration = Duration::from_secs(8);

/// Where notes come from.
#[derive(Clone, Debug)]
pub struct ResearchSettings {
    /// The source's address.
    pub address: String,
    /// The hosts that may be asked.
    pub hosts: Vec<String>,
}

/// Notes about `title`, cleaned. Without them the question is asked all the same.
pub(super) async fn notes(settings: Option<&ResearchSettings>, title: &str) -> Vec<ResearchNote> {
    let Some(settings) = settings else { return Vec::new() };
    let found = match Research::new(&settings.address, &settings.hosts) {
        Ok(research) => research.find(title, WAIT_MAX).await,
        Err(error) => Err(error),
    };
    match found {
        Ok(findings) => findings
            .iter()
            .map(|found| ResearchNote::new(&found.source, found.published_at, &found.text))
            .collect(),
        Err(error) => {
            tracing::warn!(%error, "the models are asked without research notes");
            Vec::new()
        }
    }
}
