//! Reading the answers to orders. Pure.

use domain::decimal::{Excess, parse_scaled};
use domain::{OrderId, TradeId};
use serde_json::value::RawValue;

use crate::clob::private_wire::{Acceptance, OrderAnswerWire};
use crate::http::{Excerpt, Outcome, Reply, VenueError};
use crate::ids::TxHash;
use crate::wire::{Scalar, object};

use super::outcome::{AcceptedStatus, Doubt, PlaceOutcome};
use super::refusal::{BadStatus, Refusal, Verdict, bad_status, verdict};

/// What a failure to get any answer says.
pub(super) fn unanswered(error: VenueError) -> PlaceOutcome {
    match error.outcome() {
        // Without an answer, only our own limit refuses.
        Outcome::NotSent | Outcome::Refused => PlaceOutcome::NotSent { why: error },
        Outcome::Unknown => PlaceOutcome::Ambiguous { why: Doubt::Transport(error) },
    }
}

/// Reads the answer to one order.
pub(super) fn one(order: OrderId, reply: &Reply) -> PlaceOutcome {
    if !reply.is_success() {
        return refused(order, bad_status(reply));
    }
    match answer(reply) {
        Ok(wire) => item(order, &wire),
        Err(why) => PlaceOutcome::Ambiguous { why: Doubt::Unreadable(why) },
    }
}

/// Reads the answer to a batch: one outcome an order, in the order asked.
pub(super) fn batch(orders: &[OrderId], reply: &Reply) -> Vec<PlaceOutcome> {
    if !reply.is_success() {
        let status = bad_status(reply);
        return orders.iter().map(|order| shared(*order, orders.len(), status.clone())).collect();
    }
    match items(reply) {
        Ok(items) => matched(orders, &items),
        Err(why) => {
            let why = Doubt::Unreadable(why);
            orders.iter().map(|_| PlaceOutcome::Ambiguous { why: why.clone() }).collect()
        }
    }
}

/// A refusal of a whole batch. Words about one order leave open what became of the others.
fn shared(order: OrderId, count: usize, status: BadStatus) -> PlaceOutcome {
    match status {
        BadStatus::Refused(refusal) if count > 1 && refusal.code.concerns_one_order() => {
            PlaceOutcome::Ambiguous { why: Doubt::Undecided { text: refusal.text } }
        }
        BadStatus::Duplicated if count > 1 => {
            let text = Excerpt::of(b"an order of the batch had arrived before");
            PlaceOutcome::Ambiguous { why: Doubt::Undecided { text } }
        }
        other => refused(order, other),
    }
}

fn refused(order: OrderId, status: BadStatus) -> PlaceOutcome {
    match status {
        BadStatus::Refused(refusal) => PlaceOutcome::Rejected(refusal),
        BadStatus::Duplicated => PlaceOutcome::Duplicated { order },
        BadStatus::Doubt(why) => PlaceOutcome::Ambiguous { why },
    }
}

fn answer(reply: &Reply) -> Result<OrderAnswerWire, VenueError> {
    let body = reply.body.as_ref().map_err(Clone::clone)?;
    let raw: &RawValue = body.decode("answer to an order")?;
    read_item(raw)
}

fn items(reply: &Reply) -> Result<Vec<Option<OrderAnswerWire>>, VenueError> {
    let body = reply.body.as_ref().map_err(Clone::clone)?;
    let raw: Vec<&RawValue> = body.decode("answer to a batch")?;
    Ok(raw.into_iter().map(|raw| read_item(raw).ok()).collect())
}

fn read_item(raw: &RawValue) -> Result<OrderAnswerWire, VenueError> {
    object(raw.get()).map_err(|error| VenueError::Decode {
        what: "answer to an order",
        why: Excerpt::of(error.to_string().as_bytes()),
    })
}

/// An item that names an order belongs to it wherever it stands. One that names none belongs to
/// the order in its place, but only where everything else is in its place, too.
fn matched(orders: &[OrderId], items: &[Option<OrderAnswerWire>]) -> Vec<PlaceOutcome> {
    let names: Vec<Option<&str>> =
        items.iter().map(|item| item.as_ref().and_then(|item| item.order_id.get())).collect();
    let is = |name: &Option<&str>, order: &OrderId| {
        name.is_some_and(|name| OrderId::parse(name) == Ok(*order))
    };
    let all_in_place = names.len() == orders.len()
        && names.iter().zip(orders).all(|(name, order)| name.is_none() || is(name, order));
    let outcome = |(at, order): (usize, &OrderId)| {
        let by_name = names.iter().position(|name| is(name, order));
        let found = by_name.or(all_in_place.then_some(at));
        match found.and_then(|found| items.get(found)).and_then(Option::as_ref) {
            Some(wire) => item(*order, wire),
            None => PlaceOutcome::Ambiguous { why: Doubt::LeftOut },
        }
    };
    orders.iter().enumerate().map(outcome).collect()
}

/// What one good-status answer says about `order`.
fn item(order: OrderId, wire: &OrderAnswerWire) -> PlaceOutcome {
    let named = wire.order_id.get();
    if named.is_some_and(|named| OrderId::parse(named) != Ok(order)) {
        let named = Excerpt::of(wire.order_id.as_str().as_bytes());
        return PlaceOutcome::Ambiguous { why: Doubt::OtherOrder { named } };
    }
    match (wire.error(), named) {
        (Some(text), None) => complained(order, text),
        // An id beside a complaint: the order may exist.
        (Some(text), Some(_)) if verdict(text) == Verdict::Duplicated => {
            PlaceOutcome::Duplicated { order }
        }
        (Some(text), Some(_)) => {
            PlaceOutcome::Ambiguous { why: Doubt::Undecided { text: Excerpt::of(text.as_bytes()) } }
        }
        (None, None) => PlaceOutcome::Ambiguous { why: Doubt::NoOrderId },
        (None, Some(_)) => taken(order, wire),
    }
}

fn complained(order: OrderId, text: &str) -> PlaceOutcome {
    let excerpt = Excerpt::of(text.as_bytes());
    match verdict(text) {
        Verdict::Refused(code) => {
            PlaceOutcome::Rejected(Refusal { code, text: excerpt, retry_after: None })
        }
        Verdict::Duplicated => PlaceOutcome::Duplicated { order },
        Verdict::Undecided => PlaceOutcome::Ambiguous { why: Doubt::Undecided { text: excerpt } },
    }
}

fn taken(order: OrderId, wire: &OrderAnswerWire) -> PlaceOutcome {
    let status = match wire.accepted() {
        Some(Acceptance::Live) => AcceptedStatus::Live,
        Some(Acceptance::Matched) => AcceptedStatus::Matched,
        Some(Acceptance::Delayed) => AcceptedStatus::Delayed,
        None if wire.success.is_true() && wire.status.as_str() == "unmatched" => {
            return PlaceOutcome::Unmatched { order };
        }
        None => {
            let text = Excerpt::of(format!("status {:?}", wire.status).as_bytes());
            return PlaceOutcome::Ambiguous { why: Doubt::Undecided { text } };
        }
    };
    let trades = wire.trade_ids.iter().filter_map(Scalar::get);
    let transactions = wire.transactions.iter().filter_map(Scalar::get);
    PlaceOutcome::Accepted {
        order,
        status,
        making_micros: micros(&wire.making_amount),
        taking_micros: micros(&wire.taking_amount),
        trades: trades.map(|id| TradeId(id.to_owned())).collect(),
        transactions: transactions.filter_map(|hash| TxHash::parse(hash).ok()).collect(),
    }
}

fn micros(amount: &Scalar) -> Option<i64> {
    parse_scaled(amount.get()?, 6, Excess::Cut).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ORDER: OrderId = OrderId::from_bytes([1; 32]);

    #[derive(Clone, Debug)]
    struct Answer {
        status: u16,
        success: bool,
        id: String,
        word: &'static str,
        error: &'static str,
        cut: usize,
    }

    impl Answer {
        fn reply(&self) -> Reply {
            let Self { success, id, word, error, .. } = self;
            let json = serde_json::json!({
                "success": success, "orderID": id, "status": word, "errorMsg": error,
            });
            let text = json.to_string();
            Reply::of(self.status, &text[..text.len() - self.cut.min(text.len())])
        }
    }

    fn any_answer() -> impl Strategy<Value = Answer> {
        let ids = [ORDER.to_string(), OrderId::from_bytes([2; 32]).to_string(), String::new()];
        (
            prop::sample::select(vec![200, 201, 302, 400, 403, 408, 425, 429, 500, 502, 503]),
            any::<bool>(),
            prop::sample::select(ids.to_vec()),
            prop::sample::select(vec!["live", "matched", "delayed", "unmatched", "", "odd"]),
            prop::sample::select(vec![
                "",
                "invalid nonce",
                "what?",
                "is invalid. Duplicated.",
                "could not run the execution",
            ]),
            prop_oneof![3 => Just(0usize), 1 => 1usize..200],
        )
            .prop_map(|(status, success, id, word, error, cut)| Answer {
                status,
                success,
                id,
                word,
                error,
                cut,
            })
    }

    proptest! {
        #[test]
        fn an_order_is_taken_or_refused_only_where_every_sign_says_so(answer in any_answer()) {
            let good = (200..300).contains(&answer.status) && answer.cut == 0;
            let words = verdict(answer.error);
            match one(ORDER, &answer.reply()) {
                PlaceOutcome::Accepted { order, .. } | PlaceOutcome::Unmatched { order } => {
                    prop_assert!(good && answer.success && answer.error.is_empty());
                    prop_assert!(answer.id == order.to_string() && order == ORDER);
                }
                PlaceOutcome::Rejected(_) => match answer.status {
                    200..300 => prop_assert!(
                        good && answer.id.is_empty() && matches!(words, Verdict::Refused(_))
                    ),
                    400 => prop_assert!(answer.cut == 0 && matches!(words, Verdict::Refused(_))),
                    503 => prop_assert!(answer.cut == 0),
                    status => prop_assert!([403, 425, 429].contains(&status), "{status}"),
                },
                PlaceOutcome::Duplicated { .. } => {
                    prop_assert_eq!(words, Verdict::Duplicated);
                    prop_assert!(answer.cut == 0);
                }
                PlaceOutcome::Ambiguous { .. } => {}
                PlaceOutcome::NotSent { .. } => prop_assert!(false, "an answer proves it was sent"),
            }
        }

        #[test]
        fn no_bytes_make_the_reader_panic(status in 100u16..600, text in ".{0,80}") {
            let reply = Reply::of(status, &text);
            let _ = one(ORDER, &reply);
            prop_assert_eq!(batch(&[ORDER, ORDER], &reply).len(), 2);
        }
    }
}
