//! In which terms two listings of one market differ.

use std::sync::Arc;

use domain::Market;

/// A market whose terms changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarketChange {
    /// As it is now.
    pub market: Arc<Market>,
    /// What differs.
    pub fields: Vec<MarketField>,
}

/// A term of a market. Volume, liquidity and the cached price are no terms: they always move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MarketField {
    /// The tokens or names of its outcomes, or the contracts it lives on.
    Contracts,
    /// Its title, slug, place among its siblings or tags.
    Texts,
    /// Its group, or whether it is a placeholder there.
    Group,
    /// Whether it takes orders.
    State,
    /// The grid of its prices, or its smallest order.
    OrderRules,
    /// What a taker pays.
    Fee,
    /// When it ends.
    End,
}

/// The terms that differ, in the order of [`MarketField`].
pub(super) fn between(before: &Market, after: &Market) -> Vec<MarketField> {
    // Every field by name: a new one does not compile until it is decided what it is.
    let Market {
        condition: _,
        question,
        gamma_id,
        slug,
        title,
        group_item,
        version,
        outcomes,
        group,
        neg_risk,
        placeholder,
        state,
        tick,
        order_size_min,
        fee,
        ends_at,
        volume_24h: _,
        liquidity: _,
        tags,
        price_hint: _,
    } = before;
    let same_contracts = *version == after.version
        && *outcomes == after.outcomes
        && *neg_risk == after.neg_risk
        && *question == after.question;
    let same_texts = *gamma_id == after.gamma_id
        && *slug == after.slug
        && *title == after.title
        && *group_item == after.group_item
        && *tags == after.tags;
    let fields = [
        (same_contracts, MarketField::Contracts),
        (same_texts, MarketField::Texts),
        (*group == after.group && *placeholder == after.placeholder, MarketField::Group),
        (*state == after.state, MarketField::State),
        (*tick == after.tick && *order_size_min == after.order_size_min, MarketField::OrderRules),
        (*fee == after.fee, MarketField::Fee),
        (*ends_at == after.ends_at, MarketField::End),
    ];
    fields.into_iter().filter(|(is_same, _)| !is_same).map(|(_, field)| field).collect()
}
