//! What the desk wants to know.

use domain::{ConditionId, OrderId, UnixMillis};
use engine::desk::{Input, OrderNumber};
use polymarket::clob::private::{OrderLookup, Scope, TradingClient};
use polymarket::http::VenueError;

use super::facts;

/// One question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// How an order stands.
    Order(OrderNumber, OrderId),
    /// The matches in a market since a moment.
    Trades(ConditionId, UnixMillis),
}

/// Asks it. Only what the venue positively says comes back.
///
/// # Errors
/// The venue did not answer, or not to be understood.
pub(super) async fn ask(
    client: &TradingClient,
    question: Question,
    now: UnixMillis,
) -> Result<Vec<Input>, VenueError> {
    match question {
        Question::Order(number, id) => Ok(match client.order(id).await? {
            OrderLookup::Found(view) => {
                facts::order_sight(&view).map(Input::Sighted).into_iter().collect()
            }
            OrderLookup::NotFound => vec![Input::NotFound(number)],
        }),
        Question::Trades(market, since) => {
            let scope = Scope { market: Some(market), token: None };
            let listing = client.trades_after(since, scope).await?;
            for refused in &listing.refused {
                let (id, why) = (refused.id.as_str(), refused.why);
                tracing::error!(id, %why, "a trade of ours cannot be read");
            }
            let trades = listing.records.iter();
            Ok(trades.flat_map(|t| facts::trade_sights(t, now)).map(Input::Traded).collect())
        }
    }
}
