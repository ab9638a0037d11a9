//! How the markets in which something is held were resolved, from the venue's public list.

use domain::{ConditionId, MarketState};
use engine::desk::Input;
use polymarket::gamma::{GammaClient, ListFilter, ListState};
use polymarket::http::{Http, VenueError};

/// Markets that are asked for at one time; the list takes no more.
pub(super) const ASKED_MAX: usize = 100;

/// Those of `conditions` that are closed and whose payouts are stated.
pub(super) async fn ask(
    http: Http,
    conditions: Vec<ConditionId>,
) -> Result<Vec<Input>, VenueError> {
    let filter = ListFilter { state: ListState::Closed, conditions, ..ListFilter::default() };
    let listing = GammaClient::new(http).markets(&filter).all().await?;
    let resolved = listing.markets.iter().filter_map(|market| match market.state {
        MarketState::Closed { payouts: Some(payouts) } => Some(Input::Resolved {
            condition: market.condition,
            tokens: [market.yes().token, market.no().token],
            payouts,
        }),
        MarketState::Closed { payouts: None } | MarketState::Open | MarketState::Paused => None,
    });
    Ok(resolved.collect())
}
