//! How a market resolves, in the venue's words.

use domain::ConditionId;
use serde::Deserialize;

use super::GammaClient;
use super::wire::PageWire;
use crate::http::{Group, Request, VenueError};

/// Bytes of rules; longer ones are cut.
const RULES_BYTES_MAX: usize = 64 * 1_024;

#[derive(Deserialize)]
struct RulesWire {
    #[serde(default)]
    description: Option<String>,
}

impl GammaClient {
    /// The rules of a market, at most 64 KiB: text from outside. `None` where the market is not known
    /// or has none.
    ///
    /// # Errors
    /// See [`VenueError`].
    pub async fn rules(&self, condition: ConditionId) -> Result<Option<String>, VenueError> {
        let gamma = &self.http.settings().hosts.gamma;
        let request = Request::get(Group::GammaMarkets, gamma, "/markets/keyset")
            .with("limit", "1")
            .with("condition_ids", condition.to_string());
        let body = self.http.fetch(&request).await?;
        let page: PageWire<'_> = body.decode("list page")?;
        let record = page.markets.and_then(|markets| markets.into_iter().next());
        let wire = record.and_then(|text| serde_json::from_str::<RulesWire>(text.get()).ok());
        let rules = wire.and_then(|wire| wire.description).filter(|text| !text.is_empty());
        Ok(rules.map(|mut text| {
            text.truncate(text.floor_char_boundary(RULES_BYTES_MAX));
            text
        }))
    }
}
