//! From the venue's words to the desk's. Pure; what the venue leaves open stays open.

use domain::{Liquidity, OrderId, Shares, Side, TokenId, UnixMillis, Usd};
use engine::desk::{
    CancelAnswer, Charge, DUST, EndCause, OrderSight, OrderStanding, PostAnswer, TradeSight,
};
use polymarket::clob::private::{
    AcceptedStatus, CancelError, CancelOutcome, OrderStatus, OrderView, PlaceOutcome, TradeStatus,
    TradeView,
};
use polymarket::clob::private_wire::SentOrderWire;

/// What the venue made of a posted order whose bytes are `body`.
pub(in crate::trading) fn post_answer(body: &str, outcome: PlaceOutcome) -> PostAnswer {
    match outcome {
        PlaceOutcome::Accepted { status, making_micros, taking_micros, .. } => match status {
            AcceptedStatus::Live => PostAnswer::Live,
            AcceptedStatus::Delayed => PostAnswer::Delayed,
            AcceptedStatus::Matched => {
                let micros = match side_of(body) {
                    Some(Side::Buy) => taking_micros,
                    Some(Side::Sell) => making_micros,
                    None => None,
                };
                let shares = micros.filter(|micros| *micros > 0).map(Shares::from_micros);
                PostAnswer::Matched { shares }
            }
        },
        PlaceOutcome::Unmatched { .. } => PostAnswer::Unmatched,
        PlaceOutcome::Duplicated { .. } => PostAnswer::Duplicated,
        PlaceOutcome::Rejected(refusal) => PostAnswer::Rejected {
            code: refusal.code.code().to_owned(),
            text: refusal.text.as_str().to_owned(),
        },
        PlaceOutcome::Ambiguous { why } => PostAnswer::Ambiguous { why: why.to_string() },
        PlaceOutcome::NotSent { why } => PostAnswer::NotSent { why: why.to_string() },
    }
}

/// Which token an order is about, by its bytes.
pub(super) fn token_of(body: &str) -> Option<TokenId> {
    let sent: SentOrderWire = serde_json::from_str(body).ok()?;
    TokenId::parse(sent.order.token_id.as_str()).ok()
}

/// Which side an order is of, by its bytes.
pub(super) fn side_of(body: &str) -> Option<Side> {
    let sent: SentOrderWire = serde_json::from_str(body).ok()?;
    match sent.order.side.as_str() {
        "BUY" => Some(Side::Buy),
        "SELL" => Some(Side::Sell),
        _ => None,
    }
}

/// What the venue made of a cancellation. Whatever is not plainly done may still rest.
pub(in crate::trading) fn cancel_answer(
    outcome: &Result<CancelOutcome, CancelError>,
) -> CancelAnswer {
    match outcome {
        Ok(CancelOutcome::Cancelled) => CancelAnswer::Cancelled,
        Ok(CancelOutcome::AlreadyDone { .. }) => CancelAnswer::AlreadyDone,
        Ok(CancelOutcome::Unknown { .. }) | Err(_) => CancelAnswer::Ambiguous,
    }
}

/// An order as the venue shows it; nothing where its state is a word that we do not know.
pub(in crate::trading) fn order_sight(view: &OrderView) -> Option<OrderSight> {
    let over = |cause| OrderStanding::Ended { cause };
    let standing = match &view.status {
        OrderStatus::Live => OrderStanding::Live,
        OrderStatus::Delayed => OrderStanding::Delayed,
        OrderStatus::Matched if view.remaining() < DUST => over(EndCause::Filled),
        OrderStatus::Matched | OrderStatus::Cancelled(_) => over(EndCause::Cancelled),
        OrderStatus::Unmatched => over(EndCause::Unmatched),
        OrderStatus::Invalid => {
            let text = "the venue found the order unfit".to_owned();
            over(EndCause::Rejected { code: "invalid".to_owned(), text })
        }
        OrderStatus::Other(_) => return None,
    };
    Some(OrderSight { id: view.id, standing, matched: view.matched })
}

/// Our parts in a trade, one for each order of ours; none where its state is a word that we do not
/// know. A trade without a readable time counts as matched `now`.
pub(in crate::trading) fn trade_sights(view: &TradeView, now: UnixMillis) -> Vec<TradeSight> {
    let TradeStatus::Known(state) = view.state else { return Vec::new() };
    let sight = |fill: &polymarket::clob::private::FillView| TradeSight {
        trade: view.id.clone(),
        order: fill.order,
        token: fill.token,
        side: fill.side,
        size: fill.shares,
        price: fill.price,
        value: fill.cash,
        fee: match fill.liquidity {
            Liquidity::Maker => Charge::Stated(Usd::ZERO),
            Liquidity::Taker => Charge::ByTerms(view.taken.clone()),
        },
        liquidity: fill.liquidity,
        state,
        at: view.matched_at.unwrap_or(now),
    };
    view.fills.iter().map(sight).collect()
}

/// Names of orders, each once.
pub(in crate::trading) fn distinct(ids: impl IntoIterator<Item = OrderId>) -> Vec<OrderId> {
    let ids: std::collections::BTreeSet<OrderId> = ids.into_iter().collect();
    ids.into_iter().collect()
}

#[cfg(test)]
mod tests;
