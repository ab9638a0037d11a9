//! Opportunities as rows of their table.

use domain::Side;
use engine::opportunity::{ChainActionKind, CloseCause, Opportunity};
use serde_json::{Value, json};
use store::{Label, OpportunityRow, Word};

use engine::opportunity::OpportunityRecord;

/// The row of an opportunity; `None` where a name of ours does not fit, which would be a bug.
pub(super) fn opportunity(record: &OpportunityRecord) -> Option<OpportunityRow> {
    let found = &record.opportunity;
    let reason = |why: CloseCause| Label::new(why.code()).ok();
    Some(OpportunityRow {
        id: record.id.to_string(),
        kind: Word::new(found.kind.code()).ok()?,
        subject: found.subject.to_string(),
        found_at: record.id.since,
        seen_at: record.seen_at,
        closed_at: record.closed.map(|(at, _)| at),
        closed_reason: record.closed.and_then(|(_, why)| reason(why)),
        size: found.size,
        gross: found.gross,
        fees: found.fees(),
        chain_cost: found.chain_cost,
        net: found.net,
        capital: found.capital,
        lock_up: found.lock_up,
        annualised_bips: found.annual_return_bips,
        score: i64::from(found.score.total),
        legs: details(found),
    })
}

fn details(found: &Opportunity) -> Value {
    let legs: Vec<Value> = found
        .legs
        .iter()
        .map(|leg| {
            json!({
                "token_id": leg.token.to_string(),
                "condition_id": leg.condition.to_string(),
                "side": match leg.side { Side::Buy => "buy", Side::Sell => "sell" },
                "size": leg.size.to_string(),
                "limit_price": leg.limit.to_string(),
                "amount": leg.value.to_string(),
                "fee": leg.fee.to_string(),
                "epoch": leg.epoch.0,
                "stated_at_ms": leg.stated_at.0,
            })
        })
        .collect();
    let actions: Vec<Value> = found
        .actions
        .iter()
        .map(|action| {
            let kind = match action.kind {
                ChainActionKind::Split => "split",
                ChainActionKind::Merge => "merge",
                ChainActionKind::Convert => "convert",
                ChainActionKind::Redeem => "redeem",
                ChainActionKind::Transfer => "transfer",
            };
            json!({ "kind": kind, "amount": action.amount.to_string(), "cost": action.cost.to_string() })
        })
        .collect();
    json!({ "legs": legs, "actions": actions })
}
