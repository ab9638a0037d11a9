//! Cancelling everything, and proving that nothing is left.

use std::time::Duration;

use domain::OrderId;
use engine::desk::Input;
use polymarket::clob::private::{OrderLookup, Scope, TradingClient};
use polymarket::http::Backoff;
use tokio::time::sleep;

use super::facts;

/// Orders that are looked up after a sweep; of more, the desk asks itself.
const LOOKUPS_MAX: usize = 64;
/// Were the pauses ever to end.
const PAUSE_AT_LAST: Duration = Duration::from_secs(2);

/// How a sweep is done.
#[derive(Clone, Copy, Debug)]
pub struct SweepSettings {
    /// How often it is tried to cancel everything and to read back that nothing is left. Default 8.
    pub tries_max: u32,
    /// Between two tries. Default from 200 ms up to 2 s.
    pub pauses: Backoff,
    /// While trading is halted and it is not proven that nothing rests, a sweep begins so long after
    /// the last. Default 3 s.
    pub again: Duration,
}

impl Default for SweepSettings {
    fn default() -> Self {
        Self {
            tries_max: 8,
            pauses: Backoff::endless(Duration::from_millis(200), Duration::from_secs(2)),
            again: Duration::from_secs(3),
        }
    }
}

/// What came of a sweep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// The venue was asked, and nothing of ours rests there.
    Nothing,
    /// That could not be proven; why, in plain words.
    Unproven(String),
}

/// Cancels everything, reads back until nothing is left, and looks up what was there.
pub(super) async fn sweep(client: &TradingClient, settings: &SweepSettings) -> (Rest, Vec<Input>) {
    let mut touched: Vec<OrderId> = Vec::new();
    let mut pauses = settings.pauses.delays();
    let mut rest = Rest::Unproven("it was not tried".to_owned());
    for attempt in 0..settings.tries_max {
        if attempt > 0 {
            sleep(pauses.next().unwrap_or(PAUSE_AT_LAST)).await;
        }
        rest = once(client, &mut touched).await;
        if rest == Rest::Nothing {
            break;
        }
    }
    (rest, look_up(client, facts::distinct(touched)).await)
}

async fn once(client: &TradingClient, touched: &mut Vec<OrderId>) -> Rest {
    let cancelled = client.cancel_all().await;
    match &cancelled {
        Ok(report) => touched.extend(report.orders.iter().map(|(id, _)| *id)),
        Err(error) => tracing::warn!(%error, "not everything was cancelled at once"),
    }
    let open = match client.open_orders(Scope::default()).await {
        Ok(open) => open,
        Err(error) => {
            return Rest::Unproven(format!("the open orders could not be read: {error}"));
        }
    };
    if let Some(refused) = open.refused.first() {
        return Rest::Unproven(format!("an open order cannot be read: {}", refused.why));
    }
    if open.records.is_empty() {
        return Rest::Nothing;
    }
    let left: Vec<OrderId> = open.records.iter().map(|order| order.id).collect();
    touched.extend(&left);
    if cancelled.is_err() {
        // One by one may go through where all at once does not.
        for (id, outcome) in client.cancel_many(&left).await {
            tracing::debug!(order = %id, ?outcome, "cancelled by name");
        }
    }
    Rest::Unproven(format!("{} orders still rest at the venue", left.len()))
}

/// How the orders stand now, as far as the venue tells.
async fn look_up(client: &TradingClient, ids: Vec<OrderId>) -> Vec<Input> {
    let mut news = Vec::new();
    for id in ids.into_iter().take(LOOKUPS_MAX) {
        match client.order(id).await {
            Ok(OrderLookup::Found(view)) => {
                news.extend(facts::order_sight(&view).map(Input::Sighted));
            }
            Ok(OrderLookup::NotFound) => {}
            Err(error) => {
                tracing::warn!(order = %id, %error, "an order could not be looked up; the desk asks again");
            }
        }
    }
    news
}
