//! Between a market and its row.

use domain::decimal::format_scaled;
use domain::{
    FeeSchedule, FeeTerms, GroupId, Market, MarketState, Outcome, Price, ProtocolVersion,
    QuestionId, Shares, UnixMillis, Usd,
};

use crate::column::{RowReader, key_text, moment, price_micros, tick_micros};
use crate::entity::markets::Model;
use crate::error::{ReadError, StoreError};
use crate::text::{LABEL_CHARS_MAX, NAME_CHARS_MAX, TITLE_CHARS_MAX, cut};

use super::TABLE;

pub(super) const OPEN: &str = "open";
pub(super) const PAUSED: &str = "paused";
pub(super) const CLOSED: &str = "closed";
const PROTOCOL_V1: &str = "v1";
const PROTOCOL_V2: &str = "v2";
/// Tags beyond this many are left out: they choose markets, and no market needs more.
const TAGS_MAX: usize = 100;

/// The row of a market first seen now.
pub(super) fn to_row(market: &Market, now: UnixMillis) -> Result<Model, StoreError> {
    let key = |column, text: &str| key_text(TABLE, column, text, LABEL_CHARS_MAX);
    let name = |text: &str| cut(text, NAME_CHARS_MAX).to_owned();
    let (state, payouts) = match market.state {
        MarketState::Open => (OPEN, None),
        MarketState::Paused => (PAUSED, None),
        MarketState::Closed { payouts } => (CLOSED, payouts),
    };
    let payouts = payouts.map(|prices| prices.map(price_micros));
    let fee = market.fee.terms();
    let tags: Vec<&str> =
        market.tags.iter().take(TAGS_MAX).map(|tag| cut(tag, NAME_CHARS_MAX)).collect();
    Ok(Model {
        condition_id: market.condition.to_string(),
        gamma_id: key("gamma_id", &market.gamma_id)?,
        slug: name(&market.slug),
        title: cut(&market.title, TITLE_CHARS_MAX).to_owned(),
        group_item: name(&market.group_item),
        group_id: market.group.as_ref().map(|group| key("group_id", &group.0)).transpose()?,
        protocol: match market.version {
            ProtocolVersion::V1 => PROTOCOL_V1.to_owned(),
            ProtocolVersion::V2 => PROTOCOL_V2.to_owned(),
        },
        yes_token: market.yes().token.to_string(),
        yes_name: name(&market.yes().name),
        no_token: market.no().token.to_string(),
        no_name: name(&market.no().name),
        neg_risk: market.neg_risk,
        placeholder: market.placeholder,
        state: state.to_owned(),
        yes_payout: payouts.map(|[yes, _]| yes),
        no_payout: payouts.map(|[_, no]| no),
        tick: tick_micros(market.tick),
        order_size_min: market.order_size_min.micros(),
        fee_rate_ppm: fee.map(|terms| i64::from(terms.rate_ppm())),
        fee_exponent: fee.map(|terms| i64::from(terms.exponent())),
        ends_at: market.ends_at.map(UnixMillis::micros),
        volume_24h: market.volume_24h.micros(),
        liquidity: market.liquidity.micros(),
        tags: tags.into(),
        price_hint: market.price_hint.map(price_micros),
        first_seen_at: now.micros(),
        updated_at: now.micros(),
        closed_at: (state == CLOSED).then(|| now.micros()),
        version: 1,
        question_id: market.question.map(|question| question.to_string()),
    })
}

/// The market of a row.
pub(super) fn from_row(row: Model) -> Result<Market, StoreError> {
    let reader = RowReader { table: TABLE, key: &row.condition_id };
    let outcome = |column, token: &str, name: String| -> Result<Outcome, StoreError> {
        Ok(Outcome { token: reader.token(column, token)?, name: name.into() })
    };
    Ok(Market {
        condition: reader.condition("condition_id", &row.condition_id)?,
        question: question(&reader, row.question_id.as_deref())?,
        gamma_id: row.gamma_id.into(),
        slug: row.slug.into(),
        title: row.title.into(),
        group_item: row.group_item.into(),
        version: match row.protocol.as_str() {
            PROTOCOL_V1 => ProtocolVersion::V1,
            PROTOCOL_V2 => ProtocolVersion::V2,
            _ => return Err(reader.unreadable("protocol", ReadError::UnknownWord)),
        },
        outcomes: [
            outcome("yes_token", &row.yes_token, row.yes_name)?,
            outcome("no_token", &row.no_token, row.no_name)?,
        ],
        group: row.group_id.map(|id| GroupId(id.into())),
        neg_risk: row.neg_risk,
        placeholder: row.placeholder,
        state: match row.state.as_str() {
            OPEN => MarketState::Open,
            PAUSED => MarketState::Paused,
            CLOSED => {
                MarketState::Closed { payouts: payouts(&reader, row.yes_payout, row.no_payout)? }
            }
            _ => return Err(reader.unreadable("state", ReadError::UnknownWord)),
        },
        tick: reader.tick("tick", row.tick)?,
        order_size_min: Shares::from_micros(row.order_size_min),
        fee: fee(&reader, row.fee_rate_ppm, row.fee_exponent)?,
        ends_at: row.ends_at.map(moment),
        volume_24h: Usd::from_micros(row.volume_24h),
        liquidity: Usd::from_micros(row.liquidity),
        tags: reader.texts("tags", row.tags)?,
        price_hint: reader.price_or_null("price_hint", row.price_hint)?,
    })
}

fn question(reader: &RowReader<'_>, text: Option<&str>) -> Result<Option<QuestionId>, StoreError> {
    text.map(|text| {
        QuestionId::parse(text).map_err(|error| reader.unreadable("question_id", error))
    })
    .transpose()
}

fn payouts(
    reader: &RowReader<'_>,
    yes: Option<i64>,
    no: Option<i64>,
) -> Result<Option<[Price; 2]>, StoreError> {
    match (yes, no) {
        (None, None) => Ok(None),
        (Some(yes), Some(no)) => {
            Ok(Some([reader.price("yes_payout", yes)?, reader.price("no_payout", no)?]))
        }
        (Some(_), None) => Err(reader.unreadable("yes_payout", ReadError::Incomplete)),
        (None, Some(_)) => Err(reader.unreadable("no_payout", ReadError::Incomplete)),
    }
}

fn fee(
    reader: &RowReader<'_>,
    rate_ppm: Option<i64>,
    exponent: Option<i64>,
) -> Result<FeeSchedule, StoreError> {
    match (rate_ppm, exponent) {
        (None, None) => Ok(FeeSchedule::Unknown),
        (Some(rate_ppm), Some(exponent)) => {
            FeeTerms::parse(&format_scaled(rate_ppm, 6), &exponent.to_string())
                .map(FeeSchedule::Known)
                .map_err(|error| reader.unreadable("fee_rate_ppm", error))
        }
        (Some(_), None) => Err(reader.unreadable("fee_rate_ppm", ReadError::Incomplete)),
        (None, Some(_)) => Err(reader.unreadable("fee_exponent", ReadError::Incomplete)),
    }
}
