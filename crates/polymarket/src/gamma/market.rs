//! What a market record means.

use std::sync::Arc;

use domain::{
    ConditionId, FeeSchedule, FeeTerms, GroupId, Market, MarketState, Outcome, Price,
    ProtocolVersion, QuestionId, Shares, TickSize, TokenId, UnixMillis, Usd,
};

use super::AbsentVersion;
use super::refusal::Refusal;
use super::wire::{EventWire, FeeWire, MarketWire, TagWire};
use crate::http::Excerpt;
use crate::wire::{Scalar, object, texts};

/// Reads one market record. Its parent event is the one it names itself.
///
/// # Errors
/// Why the market cannot be used.
pub fn parse_market(json: &str, absent: AbsentVersion) -> Result<Market, Refusal> {
    let wire = read(json)?;
    let parent = wire.events.first();
    market(&wire, parent, absent)
}

pub(super) fn read(json: &str) -> Result<MarketWire<'_>, Refusal> {
    object(json).map_err(|error| Refusal::Json(Excerpt::of(error.to_string().as_bytes())))
}

pub(super) fn market(
    wire: &MarketWire<'_>,
    parent: Option<&EventWire<'_>>,
    absent: AbsentVersion,
) -> Result<Market, Refusal> {
    let gamma_id = wire.id.get().ok_or(Refusal::NoId)?;
    let version = version(&wire.version, absent)?;
    let condition = condition(wire)?;
    let group = parent.and_then(|event| event.id.get()).map(|id| GroupId(id.into()));
    Ok(Market {
        condition,
        question: wire.question_id.get().and_then(|id| QuestionId::parse(id).ok()),
        gamma_id: gamma_id.into(),
        slug: wire.slug.as_str().into(),
        title: wire.question.as_str().into(),
        group_item: wire.group_item_title.as_str().into(),
        version,
        outcomes: outcomes(wire, version)?,
        group,
        neg_risk: wire.neg_risk.is_true(),
        placeholder: is_placeholder(wire, parent),
        state: state(wire, version),
        tick: tick(&wire.order_price_min_tick_size)?,
        order_size_min: order_size_min(&wire.order_min_size)?,
        fee: fee(wire),
        ends_at: wire.end_date.get().and_then(UnixMillis::parse),
        volume_24h: display(&wire.volume_24h),
        liquidity: match wire.liquidity_num.get() {
            Some(_) => display(&wire.liquidity_num),
            None => display(&wire.liquidity),
        },
        tags: tags(wire, parent),
        price_hint: cached_prices(wire).and_then(|prices| prices.first().copied()),
    })
}

pub(super) fn condition(wire: &MarketWire<'_>) -> Result<ConditionId, Refusal> {
    ConditionId::parse(wire.condition_id.as_str()).map_err(Refusal::Condition)
}

fn version(stated: &Scalar, absent: AbsentVersion) -> Result<ProtocolVersion, Refusal> {
    match (stated.get(), absent) {
        (Some("v1"), _) | (None, AbsentVersion::MeansV1) => Ok(ProtocolVersion::V1),
        (Some("v2"), _) => Ok(ProtocolVersion::V2),
        (None, AbsentVersion::Refuse) => Err(Refusal::NoVersion),
        (Some(other), _) => Err(Refusal::UnknownVersion(Excerpt::of(other.as_bytes()))),
    }
}

/// The version alone decides which ids are traded: a version 1 market may carry position ids too.
fn outcomes(wire: &MarketWire<'_>, version: ProtocolVersion) -> Result<[Outcome; 2], Refusal> {
    let names = texts(&wire.outcomes).ok_or(Refusal::OutcomesUnreadable)?;
    let ids = match version {
        ProtocolVersion::V1 => &wire.clob_token_ids,
        ProtocolVersion::V2 => &wire.position_ids,
    };
    let [yes, no] = names.as_slice() else { return Err(Refusal::OutcomeCount(names.len())) };
    let ids = texts(ids).ok_or(Refusal::TokensUnreadable)?;
    let [yes_id, no_id] = ids.as_slice() else { return Err(Refusal::TokenCount(ids.len())) };
    let outcome = |name: &str, id: &str| -> Result<Outcome, Refusal> {
        let token = TokenId::parse(id).map_err(Refusal::Token)?;
        Ok(Outcome { token, name: name.into() })
    };
    let outcomes = [outcome(yes, yes_id)?, outcome(no, no_id)?];
    match &outcomes {
        [yes, no] if yes.token == no.token => Err(Refusal::TokensEqual),
        _ => Ok(outcomes),
    }
}

/// The open "Other", and the unnamed places of an augmented group that wait for a name.
fn is_placeholder(wire: &MarketWire<'_>, parent: Option<&EventWire<'_>>) -> bool {
    let augmented = parent.is_some_and(|event| event.neg_risk_augmented.is_true());
    let unnamed = wire.active.is_false() && !wire.closed.is_true();
    wire.neg_risk_other.is_true() || (augmented && unnamed)
}

fn state(wire: &MarketWire<'_>, version: ProtocolVersion) -> MarketState {
    if wire.closed.is_true() {
        return MarketState::Closed { payouts: payouts(wire, version) };
    }
    let flags = [&wire.active, &wire.accepting_orders, &wire.enable_order_book];
    if flags.into_iter().all(Scalar::is_true) { MarketState::Open } else { MarketState::Paused }
}

/// The payouts, only where the venue calls the market resolved and they add up to one dollar.
fn payouts(wire: &MarketWire<'_>, version: ProtocolVersion) -> Option<[Price; 2]> {
    let resolved = match version {
        ProtocolVersion::V1 => {
            matches!(wire.uma_resolution_status.get(), Some("resolved" | "settled"))
        }
        ProtocolVersion::V2 => wire.resolution_status.get() == Some("resolved"),
    };
    let prices: Vec<_> = texts(&wire.outcome_prices)?
        .iter()
        .map(|text| Price::parse(text).ok())
        .collect::<Option<_>>()?;
    match prices.as_slice() {
        [yes, no] if resolved && *no == yes.complement() => Some([*yes, *no]),
        _ => None,
    }
}

fn cached_prices(wire: &MarketWire<'_>) -> Option<Vec<Price>> {
    texts(&wire.outcome_prices)?.iter().map(|text| Price::parse_display(text).ok()).collect()
}

fn tick(stated: &Scalar) -> Result<TickSize, Refusal> {
    TickSize::parse(stated.get().ok_or(Refusal::NoTick)?).map_err(Refusal::Tick)
}

fn order_size_min(stated: &Scalar) -> Result<Shares, Refusal> {
    let text = stated.get().ok_or(Refusal::NoOrderSize)?;
    match Shares::parse(text) {
        Ok(size) if size.micros() < 0 => Err(Refusal::OrderSize(domain::DecimalError::Negative)),
        Ok(size) => Ok(size),
        Err(error) => Err(Refusal::OrderSize(error)),
    }
}

/// Free only where the venue says so. Fees without a schedule are unknown, and the legacy base
/// fees beside it are no schedule.
fn fee(wire: &MarketWire<'_>) -> FeeSchedule {
    if wire.fees_enabled.is_false() {
        return FeeSchedule::Known(FeeTerms::FREE);
    }
    wire.fee_schedule
        .get()
        .and_then(|text| serde_json::from_str::<FeeWire>(text).ok())
        .and_then(|fee| FeeTerms::parse(fee.rate.get()?, fee.exponent.get()?).ok())
        .map_or(FeeSchedule::Unknown, FeeSchedule::Known)
}

fn display(stated: &Scalar) -> Usd {
    stated.get().and_then(|text| Usd::parse_display(text).ok()).unwrap_or_default()
}

/// Slugs of the market's and its event's tags, and what other fields betray about its kind.
fn tags(wire: &MarketWire<'_>, parent: Option<&EventWire<'_>>) -> Vec<Arc<str>> {
    let mut slugs: Vec<Arc<str>> = vec![];
    let mut add = |slug: &str| {
        if !slug.is_empty() && !slugs.iter().any(|known| &**known == slug) {
            slugs.push(slug.into());
        }
    };
    let own = wire.tags.iter().chain(parent.map(|event| event.tags.as_slice()).unwrap_or(&[]));
    for TagWire { slug, label, .. } in own {
        add(&slug.get().unwrap_or(label.as_str()).to_lowercase());
    }
    let fee_type = wire.fee_type.as_str();
    if wire.crypto_market_config.get().is_some() || fee_type.starts_with("crypto") {
        add("crypto");
    }
    let sports = [&wire.sports_market_type, &wire.game_id];
    if sports.iter().any(|field| field.get().is_some()) || fee_type.starts_with("sports") {
        add("sports");
    }
    slugs
}
