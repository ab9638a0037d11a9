//! Markets that no catalogue lists: what their books, or an index beside them, say about them.

use std::sync::Arc;

use domain::{
    ConditionId, FeeSchedule, Market, MarketState, Outcome, ProtocolVersion, Shares, TickSize,
    TokenId, Usd,
};
use polymarket::recordings::RecordedLabel;

use super::Seen;

/// The market, and the token of each of its names. `number` is its place in the file: names that
/// are no ids of the venue get ids made of it, so that the same file always gives the same ids.
///
/// Nothing is known of the smallest order or the fee: none is assumed.
pub(super) fn market(
    number: usize,
    seen: &Seen,
    label: Option<&RecordedLabel>,
) -> (Market, Vec<(Box<str>, TokenId)>) {
    let names = token_names(seen, label);
    let number = number as u64 + 1;
    let [yes, no] = [0, 1].map(|side: usize| {
        let made = TokenId::from_words([u64::MAX, 0, number, side as u64]);
        names.get(side).map_or(made, |name| TokenId::parse(name).unwrap_or(made))
    });
    let outcome_name = |side: usize| -> Arc<str> {
        let stated = label.and_then(|label| label.outcomes.get(side)).or(names.get(side));
        stated.map_or_else(|| "".into(), |name| Arc::from(&**name))
    };
    let text = |pick: fn(&RecordedLabel) -> &str| -> Arc<str> {
        label.map(pick).unwrap_or_default().into()
    };
    let market = Market {
        condition: ConditionId::parse(&seen.name).unwrap_or_else(|_| made_condition(number)),
        question: None,
        gamma_id: "".into(),
        slug: text(|label| &label.slug),
        title: text(|label| &label.title),
        group_item: "".into(),
        version: ProtocolVersion::V1,
        outcomes: [
            Outcome { token: yes, name: outcome_name(0) },
            Outcome { token: no, name: outcome_name(1) },
        ],
        group: None,
        neg_risk: false,
        placeholder: false,
        state: MarketState::Open,
        tick: TickSize::TenThousandth,
        order_size_min: Shares::ZERO,
        fee: FeeSchedule::Unknown,
        ends_at: label.and_then(|label| label.ends_at),
        volume_24h: Usd::ZERO,
        liquidity: Usd::ZERO,
        tags: Vec::new(),
        price_hint: None,
    };
    (market, names.into_iter().zip([yes, no]).collect())
}

/// In the index's order where it knows them all, else by first appearance.
fn token_names(seen: &Seen, label: Option<&RecordedLabel>) -> Vec<Box<str>> {
    let labelled = label.filter(|label| {
        label.tokens.len() == 2 && seen.tokens.iter().all(|token| label.tokens.contains(token))
    });
    labelled.map_or_else(|| seen.tokens.clone(), |label| label.tokens.clone())
}

fn made_condition(number: u64) -> ConditionId {
    let mut bytes = [0xff; 32];
    for (to, from) in bytes.iter_mut().rev().zip(number.to_le_bytes()) {
        *to = from;
    }
    ConditionId::from_bytes(bytes)
}
