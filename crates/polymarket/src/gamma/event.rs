//! What an event record with its markets means.

use std::sync::Arc;

use domain::{ConditionId, EventGroup, GroupId};
use serde_json::value::RawValue;

use super::market::{condition, market, read};
use super::refusal::{Refusal, Refused};
use super::wire::{EventWire, MarketWire};
use super::{AbsentVersion, Listing};
use crate::http::Excerpt;
use crate::wire::object;

/// All of an amount, in ten-thousandths.
const BIPS_MAX: u32 = 10_000;

/// Reads one event record and its markets into `listing`.
///
/// A member that cannot be traded (no order book yet, no tick) is refused as a market but stays a
/// member of the group. A group with a member that cannot even be named is refused: a sum over
/// the others would look like an opportunity and be none.
pub fn parse_event(json: &str, absent: AbsentVersion, listing: &mut Listing) {
    let event: EventWire<'_> = match object(json) {
        Ok(event) => event,
        Err(error) => {
            let why = Refusal::Json(Excerpt::of(error.to_string().as_bytes()));
            listing.refused.push(Refused { id: Excerpt::default(), why });
            return;
        }
    };
    let members: Vec<_> =
        event.markets.iter().flatten().map(|raw| member(raw, &event, absent, listing)).collect();
    match group(&event, members) {
        Ok(group) => listing.groups.push(group),
        Err(why) => {
            let id = Excerpt::of(event.id.as_str().as_bytes());
            listing.refused.push(Refused { id, why });
        }
    }
}

/// Puts the market into the listing, one way or the other, and names it if it can be named.
fn member(
    raw: &RawValue,
    event: &EventWire<'_>,
    absent: AbsentVersion,
    listing: &mut Listing,
) -> Option<ConditionId> {
    let wire: MarketWire<'_> = match read(raw.get()) {
        Ok(wire) => wire,
        Err(why) => {
            listing.refused.push(Refused { id: Excerpt::default(), why });
            return None;
        }
    };
    match market(&wire, Some(event), absent) {
        Ok(market) => {
            let condition = market.condition;
            listing.markets.push(market);
            Some(condition)
        }
        Err(why) => {
            let id = Excerpt::of(wire.id.as_str().as_bytes());
            listing.refused.push(Refused { id, why });
            condition(&wire).ok()
        }
    }
}

fn group(event: &EventWire<'_>, members: Vec<Option<ConditionId>>) -> Result<EventGroup, Refusal> {
    let text = |text: &str| -> Arc<str> { text.into() };
    Ok(EventGroup {
        id: GroupId(text(event.id.get().ok_or(Refusal::NoId)?)),
        slug: text(event.slug.as_str()),
        title: text(event.title.as_str()),
        neg_risk: event.neg_risk.is_true() || event.enable_neg_risk.is_true(),
        augmented: event.neg_risk_augmented.is_true(),
        convert_fee_bips: convert_fee_bips(event)?,
        markets: members.into_iter().collect::<Option<_>>().ok_or(Refusal::MemberUnreadable)?,
    })
}

/// Nothing stated means no fee: the venue writes the field only for groups that have one.
fn convert_fee_bips(event: &EventWire<'_>) -> Result<u32, Refusal> {
    let Some(text) = event.neg_risk_fee_bips.get() else { return Ok(0) };
    let bips = text.parse().map_err(|_| Refusal::ConvertFee)?;
    if bips > BIPS_MAX { Err(Refusal::ConvertFee) } else { Ok(bips) }
}
