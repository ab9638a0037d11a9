//! One request with orders that belong together.

use std::collections::BTreeSet;

use bytes::Bytes;
use domain::{Side, TokenId};
use engine::desk::SignedOrder;
use polymarket::clob::private::{PlaceOutcome, RejectCode, TradingClient};

use super::facts;
use crate::trading::account_feed::holdings::asset_of;

/// Sends orders that belong together in one request, once.
///
/// The venue learns of shares that a transaction brought only when it is asked to look. A sale that
/// it refuses for want of shares never existed, so the same bytes are sent once more after a look.
pub(super) async fn send(client: &TradingClient, orders: &[SignedOrder]) -> Vec<PlaceOutcome> {
    let mut outcomes = place(client, orders).await;
    let unseen: Vec<usize> = (orders.iter().zip(&outcomes).enumerate())
        .filter(|(_, (order, outcome))| lacks_shares(order, outcome))
        .map(|(at, _)| at)
        .collect();
    let again: Vec<SignedOrder> = unseen.iter().filter_map(|at| orders.get(*at).cloned()).collect();
    if again.is_empty() || !look(client, &again).await {
        return outcomes;
    }
    for (at, outcome) in unseen.into_iter().zip(place(client, &again).await) {
        if let Some(first) = outcomes.get_mut(at) {
            *first = outcome;
        }
    }
    outcomes
}

async fn place(client: &TradingClient, orders: &[SignedOrder]) -> Vec<PlaceOutcome> {
    let bytes = |order: &SignedOrder| Bytes::copy_from_slice(order.body.as_bytes());
    match orders {
        [one] => vec![client.place(one.id, bytes(one)).await],
        many => {
            let batch: Vec<_> = many.iter().map(|order| (order.id, bytes(order))).collect();
            client.place_batch(&batch).await.unwrap_or_default()
        }
    }
}

fn lacks_shares(order: &SignedOrder, outcome: &PlaceOutcome) -> bool {
    let PlaceOutcome::Rejected(refusal) = outcome else { return false };
    refusal.code == RejectCode::NotEnoughBalance && facts::side_of(&order.body) == Some(Side::Sell)
}

/// Has the venue look what is held of everything that is to be sold; whether it did.
async fn look(client: &TradingClient, sales: &[SignedOrder]) -> bool {
    let tokens: BTreeSet<TokenId> =
        sales.iter().filter_map(|sale| facts::token_of(&sale.body)).collect();
    let looks = tokens.into_iter().map(|token| client.refresh(asset_of(token)));
    let looked = futures_util::future::join_all(looks).await;
    for error in looked.iter().filter_map(|look| look.as_ref().err()) {
        tracing::warn!(%error, "the venue does not look what is held");
    }
    looked.iter().all(Result::is_ok)
}
