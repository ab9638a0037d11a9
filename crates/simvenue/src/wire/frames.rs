//! The other frames of the market socket and of RTDS.

use domain::{Price, Shares, Side, TickSize, UnixMillis};

use super::{list, micros, quoted, spaced_list};
use crate::crowd::Wallet;
use crate::universe::{Event, Listing, Universe};

pub(crate) const fn side_text(side: Side) -> &'static str {
    match side {
        Side::Buy => "BUY",
        Side::Sell => "SELL",
    }
}

/// One token's part of a `price_change`.
pub(crate) struct Change<'a> {
    pub(crate) token: &'a str,
    pub(crate) price: Price,
    pub(crate) size: Shares,
    pub(crate) side: Side,
    pub(crate) hash: String,
    pub(crate) best_bid: Price,
    pub(crate) best_ask: Price,
}

/// A level of both tokens changed.
pub(crate) fn price_change(condition: &str, changes: &[Change<'_>], stamp: UnixMillis) -> String {
    let parts: Vec<String> = changes
        .iter()
        .map(|change| {
            format!(
                "{{\"asset_id\":\"{}\", \"price\":\"{}\", \"size\":\"{}\", \"side\":\"{}\", \
                 \"hash\":\"{}\", \"best_bid\":\"{}\", \"best_ask\":\"{}\"}}",
                change.token,
                change.price,
                change.size,
                side_text(change.side),
                change.hash,
                change.best_bid,
                change.best_ask
            )
        })
        .collect();
    format!(
        "{{\"market\":\"{condition}\", \"price_changes\":[{}], \"timestamp\":\"{}\", \
         \"event_type\":\"price_change\"}}",
        parts.join(", "),
        stamp.0
    )
}

/// The best prices of one token changed.
pub(crate) fn best_bid_ask(
    condition: &str,
    token: &str,
    bid: Price,
    ask: Price,
    stamp: UnixMillis,
) -> String {
    let spread = ask.ten_thousandths().saturating_sub(bid.ten_thousandths());
    let spread = Price::from_ten_thousandths(spread).unwrap_or(Price::ZERO);
    format!(
        "{{\"market\":\"{condition}\", \"asset_id\":\"{token}\", \"best_bid\":\"{bid}\", \
         \"best_ask\":\"{ask}\", \"spread\":\"{spread}\", \"timestamp\":\"{}\", \
         \"event_type\":\"best_bid_ask\"}}",
        stamp.0
    )
}

/// A trade, as both the tape and the sockets tell it.
#[derive(Clone, Debug)]
pub(crate) struct Trade {
    pub(crate) market: usize,
    pub(crate) outcome: crate::matching::Outcome,
    pub(crate) side: Side,
    pub(crate) price: Price,
    pub(crate) size: Shares,
    pub(crate) stamp: UnixMillis,
    pub(crate) transaction: String,
    pub(crate) wallet: Wallet,
}

/// A trade on the market socket.
pub(crate) fn last_trade_price(listing: &Listing, trade: &Trade) -> String {
    format!(
        "{{\"market\":\"{}\", \"asset_id\":\"{}\", \"price\":\"{}\", \"size\":\"{}\", \
         \"fee_rate_bps\":\"0\", \"side\":\"{}\", \"timestamp\":\"{}\", \
         \"event_type\":\"last_trade_price\", \"transaction_hash\":\"{}\"}}",
        listing.condition,
        listing.token(trade.outcome),
        trade.price,
        trade.size,
        side_text(trade.side),
        trade.stamp.0,
        trade.transaction
    )
}

/// The grid of one token's prices changed.
pub(crate) fn tick_size_change(
    condition: &str,
    token: &str,
    old: TickSize,
    new: TickSize,
    stamp: UnixMillis,
) -> String {
    format!(
        "{{\"market\":\"{condition}\", \"asset_id\":\"{token}\", \"old_tick_size\":\"{old}\", \
         \"new_tick_size\":\"{new}\", \"timestamp\":\"{}\", \"event_type\":\"tick_size_change\"}}",
        stamp.0
    )
}

/// A market ended; told to everybody.
pub(crate) fn market_resolved(
    universe: &Universe,
    listing: &Listing,
    winner: crate::matching::Outcome,
    stamp: UnixMillis,
) -> String {
    format!(
        "{{\"id\":\"{}\", \"market\":\"{}\", \"assets_ids\":{}, \"winning_asset_id\":\"{}\", \
         \"winning_outcome\":{}, \"event_message\":null, \"timestamp\":\"{}\", \
         \"event_type\":\"market_resolved\", \"tags\":{}}}",
        listing.id,
        listing.condition,
        spaced_list(&listing.tokens),
        listing.token(winner),
        quoted(listing.outcome_name(winner)),
        stamp.0,
        spaced_list(&labels(universe, listing))
    )
}

fn labels(universe: &Universe, listing: &Listing) -> Vec<String> {
    let tags = universe.event_of(listing).map(|event| event.tags.as_slice()).unwrap_or_default();
    tags.iter().filter_map(|tag| universe.tags.get(*tag)).map(|tag| tag.label.clone()).collect()
}

/// A market began; told to everybody.
pub(crate) fn new_market(listing: &Listing, event: &Event, stamp: UnixMillis) -> String {
    let tokens = list(&listing.tokens);
    let about = quoted("A question of the simulated venue.");
    format!(
        "{{\"id\":\"{id}\", \"question\":{question}, \"market\":\"{condition}\", \"slug\":{slug}, \
         \"description\":{about}, \"assets_ids\":{tokens}, \"outcomes\":{outcomes}, \
         \"event_message\":{{\"id\":\"{event_id}\", \"ticker\":{event_slug}, \
         \"slug\":{event_slug}, \"title\":{title}, \"description\":{about}}}, \
         \"timestamp\":\"{at}\", \"event_type\":\"new_market\", \"tags\":[], \
         \"condition_id\":\"{condition}\", \"active\":true, \"clob_token_ids\":{tokens}, \
         \"sports_market_type\":\"\", \"line\":\"\", \"game_start_time\":\"\", \
         \"order_price_min_tick_size\":\"{tick}\", \"group_item_title\":{item}, \
         \"taker_base_fee\":\"1000\", \"fees_enabled\":{fees}, \
         \"fee_schedule\":{{\"exponent\":\"1\", \"rate\":\"{rate}\", \"taker_only\":true, \
         \"rebate_rate\":\"{rebate}\"}}}}",
        id = listing.id,
        question = quoted(&listing.question),
        condition = listing.condition,
        slug = quoted(&listing.slug),
        tokens = tokens.replace(',', ", "),
        outcomes = spaced_list(&listing.outcomes),
        event_id = event.id,
        event_slug = quoted(&event.slug),
        title = quoted(&event.title),
        at = stamp.0,
        tick = listing.tick,
        item = quoted(&listing.group_item),
        fees = listing.fee.rate_ppm > 0,
        rate = micros(i64::from(listing.fee.rate_ppm)),
        rebate = micros(i64::from(listing.fee.rebate_percent) * 10_000),
    )
}

/// A trade on RTDS, without its first member: each connection puts its own id in front.
pub(crate) fn orders_matched(listing: &Listing, event: &Event, trade: &Trade) -> String {
    format!(
        "\"payload\":{{\"asset\":\"{}\",\"bio\":\"\",\"conditionId\":\"{}\",\"eventSlug\":{},\
         \"icon\":\"\",\"name\":{},\"outcome\":{},\"outcomeIndex\":{},\"price\":{},\
         \"profileImage\":\"\",\"proxyWallet\":\"{}\",\"pseudonym\":{},\"side\":\"{}\",\
         \"size\":{},\"slug\":{},\"timestamp\":{},\"title\":{},\"transactionHash\":\"{}\"}},\
         \"timestamp\":{},\"topic\":\"activity\",\"type\":\"orders_matched\"}}",
        listing.token(trade.outcome),
        listing.condition,
        quoted(&event.slug),
        quoted(trade.wallet.name),
        quoted(listing.outcome_name(trade.outcome)),
        trade.outcome.index(),
        trade.price,
        trade.wallet.address,
        quoted(&trade.wallet.pseudonym),
        side_text(trade.side),
        trade.size,
        quoted(&listing.slug),
        trade.stamp.0 / 1_000,
        quoted(&listing.question),
        trade.transaction,
        trade.stamp.0
    )
}

/// A trade of the Data API.
pub(crate) fn data_trade(listing: &Listing, event: &Event, trade: &Trade) -> String {
    format!(
        "{{\"proxy_wallet\":\"{}\",\"side\":\"{}\",\"token_id\":\"{}\",\"condition_id\":\"{}\",\
         \"size\":{},\"price\":{},\"timestamp\":{},\"title\":{},\"slug\":{},\"icon\":\"\",\
         \"event_slug\":{},\"outcome\":{},\"outcome_index\":{},\"name\":{},\"pseudonym\":{},\
         \"bio\":\"\",\"profile_image\":\"\",\"profile_image_optimized\":\"\",\
         \"transaction_hash\":\"{}\"}}",
        trade.wallet.address,
        side_text(trade.side),
        listing.token(trade.outcome),
        listing.condition,
        trade.size,
        trade.price,
        trade.stamp.0 / 1_000,
        quoted(&listing.question),
        quoted(&listing.slug),
        quoted(&event.slug),
        quoted(listing.outcome_name(trade.outcome)),
        trade.outcome.index(),
        quoted(trade.wallet.name),
        quoted(&trade.wallet.pseudonym),
        trade.transaction
    )
}
