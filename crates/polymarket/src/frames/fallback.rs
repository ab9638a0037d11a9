//! The tolerant parser: members in any order, numbers as strings or numbers, unknown members
//! skipped. Each event is one flat struct of borrowed raw values, so that nothing is buffered to
//! find out its type (which the venue states last), and a wrong value can be named.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use domain::{
    BookHash, BookStated, Change, ConditionId, Event, Level, PriceText, Side, StatedBest, TickSize,
    TokenId, TokenIndex, UnixMillis,
};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::{FrameError, ParsedFrame, TokenTable, number};

type Raw<'a> = Option<&'a RawValue>;

#[derive(Deserialize)]
struct RawEvent<'a> {
    #[serde(borrow)]
    event_type: Raw<'a>,
    #[serde(borrow)]
    asset_id: Raw<'a>,
    #[serde(borrow)]
    market: Raw<'a>,
    #[serde(borrow)]
    condition_id: Raw<'a>,
    #[serde(borrow)]
    winning_asset_id: Raw<'a>,
    #[serde(borrow)]
    timestamp: Raw<'a>,
    #[serde(borrow)]
    hash: Raw<'a>,
    #[serde(borrow)]
    bids: Raw<'a>,
    #[serde(borrow)]
    asks: Raw<'a>,
    #[serde(borrow)]
    price_changes: Raw<'a>,
    #[serde(borrow)]
    changes: Raw<'a>,
    #[serde(borrow)]
    price: Raw<'a>,
    #[serde(borrow)]
    size: Raw<'a>,
    #[serde(borrow)]
    side: Raw<'a>,
    #[serde(borrow)]
    best_bid: Raw<'a>,
    #[serde(borrow)]
    best_ask: Raw<'a>,
    #[serde(borrow)]
    tick_size: Raw<'a>,
    #[serde(borrow)]
    new_tick_size: Raw<'a>,
    #[serde(borrow)]
    last_trade_price: Raw<'a>,
}

#[derive(Deserialize)]
struct RawLevel<'a> {
    #[serde(borrow)]
    price: Raw<'a>,
    #[serde(borrow)]
    size: Raw<'a>,
}

#[derive(Deserialize)]
struct RawChange<'a> {
    #[serde(borrow)]
    asset_id: Raw<'a>,
    #[serde(borrow)]
    price: Raw<'a>,
    #[serde(borrow)]
    size: Raw<'a>,
    #[serde(borrow)]
    side: Raw<'a>,
    #[serde(borrow)]
    hash: Raw<'a>,
    #[serde(borrow)]
    best_bid: Raw<'a>,
    #[serde(borrow)]
    best_ask: Raw<'a>,
}

pub(super) fn parse(
    bytes: &[u8],
    table: &TokenTable,
    out: &mut ParsedFrame,
) -> Result<(), FrameError> {
    let text = std::str::from_utf8(bytes).map_err(|_| FrameError::NotJson)?;
    if text.trim_ascii_start().starts_with('[') {
        return for_each(text, "frame", |event: RawEvent<'_>| take(&event, table, out));
    }
    let event: RawEvent<'_> = serde_json::from_str(text).map_err(|error| json(&error, "frame"))?;
    take(&event, table, out)
}

fn json(error: &serde_json::Error, field: &'static str) -> FrameError {
    if error.is_data() { FrameError::WrongType { field } } else { FrameError::NotJson }
}

/// Calls `each` with every element of a JSON array, without a list of them in between.
fn for_each<'a, T: Deserialize<'a>>(
    text: &'a str,
    field: &'static str,
    each: impl FnMut(T) -> Result<(), FrameError>,
) -> Result<(), FrameError> {
    let mut refused = None;
    let mut reader = serde_json::Deserializer::from_str(text);
    let seed = Each { each, refused: &mut refused, item: PhantomData::<T> };
    let outcome = seed.deserialize(&mut reader).and_then(|()| reader.end());
    match (refused, outcome) {
        (Some(error), _) => Err(error),
        (None, outcome) => outcome.map_err(|error| json(&error, field)),
    }
}

struct Each<'r, T, F> {
    each: F,
    refused: &'r mut Option<FrameError>,
    item: PhantomData<T>,
}

impl<'a, T: Deserialize<'a>, F: FnMut(T) -> Result<(), FrameError>> DeserializeSeed<'a>
    for Each<'_, T, F>
{
    type Value = ();
    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'a, T: Deserialize<'a>, F: FnMut(T) -> Result<(), FrameError>> Visitor<'a> for Each<'_, T, F> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }
    fn visit_seq<A: SeqAccess<'a>>(mut self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element()? {
            if let Err(error) = (self.each)(item) {
                *self.refused = Some(error);
                return Err(serde::de::Error::custom("refused"));
            }
        }
        Ok(())
    }
}

/// A string's content or a number's digits; `None` where the member is absent or null.
fn text<'a>(raw: Raw<'a>, field: &'static str) -> Result<Option<Cow<'a, str>>, FrameError> {
    let Some(raw) = raw.map(RawValue::get) else { return Ok(None) };
    match raw.as_bytes().first() {
        Some(b'"') => match raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            Some(plain) if !plain.contains('\\') => Ok(Some(Cow::Borrowed(plain))),
            _ => serde_json::from_str(raw)
                .map(|text: String| Some(Cow::Owned(text)))
                .map_err(|_| FrameError::WrongType { field }),
        },
        Some(b'-' | b'0'..=b'9') => Ok(Some(Cow::Borrowed(raw))),
        _ => Err(FrameError::WrongType { field }),
    }
}

fn required<'a>(raw: Raw<'a>, field: &'static str) -> Result<Cow<'a, str>, FrameError> {
    text(raw, field)?.ok_or(FrameError::Missing { field })
}

fn watched(
    raw: Raw<'_>,
    table: &TokenTable,
    out: &mut ParsedFrame,
) -> Result<Option<TokenIndex>, FrameError> {
    let id = required(raw, "asset_id")?;
    let token = table.lookup(id.as_bytes());
    if token.is_none() {
        out.unknown_tokens += 1;
    }
    Ok(token)
}

fn moment(raw: Raw<'_>) -> Result<UnixMillis, FrameError> {
    number::millis(&required(raw, "timestamp")?)
}

fn side(raw: Raw<'_>) -> Result<Option<Side>, FrameError> {
    match text(raw, "side")?.as_deref() {
        None => Ok(None),
        Some("BUY") => Ok(Some(Side::Buy)),
        Some("SELL") => Ok(Some(Side::Sell)),
        Some(_) => Err(FrameError::WrongType { field: "side" }),
    }
}

fn hash(raw: Raw<'_>) -> Result<Option<BookHash>, FrameError> {
    Ok(text(raw, "hash")?.and_then(|text| BookHash::from_text(text.as_bytes())))
}

fn touch(bid: Raw<'_>, ask: Raw<'_>) -> Result<(StatedBest, StatedBest), FrameError> {
    let bid = text(bid, "best_bid")?.map(|text| number::best_bid(&text)).transpose()?;
    let ask = text(ask, "best_ask")?.map(|text| number::best_ask(&text)).transpose()?;
    Ok((bid.unwrap_or_default(), ask.unwrap_or_default()))
}

fn take(event: &RawEvent<'_>, table: &TokenTable, out: &mut ParsedFrame) -> Result<(), FrameError> {
    match text(event.event_type, "event_type")?.as_deref() {
        Some("book") => book(event, table, out),
        Some("price_change") if event.changes.is_some() => legacy_changes(event, table, out),
        Some("price_change") => changes(event, table, out),
        Some("tick_size_change") => tick_size_change(event, table, out),
        Some("last_trade_price") => last_trade(event, table, out),
        Some("best_bid_ask") => best_bid_ask(event, table, out),
        Some("new_market") => new_market(event, out),
        Some("market_resolved") => resolved(event, out),
        // Seen without a type in third-party captures; these two have members of their own.
        None if event.price_changes.is_some() => changes(event, table, out),
        None if event.bids.is_some() && event.asks.is_some() => book(event, table, out),
        _ => {
            out.unknown_events += 1;
            Ok(())
        }
    }
}

fn levels(
    raw: Raw<'_>,
    field: &'static str,
    out: &mut ParsedFrame,
) -> Result<std::ops::Range<u32>, FrameError> {
    let raw = raw.ok_or(FrameError::Missing { field })?;
    let start = out.frame.levels.len() as u32;
    for_each(raw.get(), field, |level: RawLevel<'_>| {
        let price = number::level_price(&required(level.price, "price")?)?;
        let size = number::size(&required(level.size, "size")?)?;
        out.frame.levels.push(Level { price, size });
        Ok(())
    })?;
    Ok(start..out.frame.levels.len() as u32)
}

fn book(event: &RawEvent<'_>, table: &TokenTable, out: &mut ParsedFrame) -> Result<(), FrameError> {
    let token = watched(event.asset_id, table, out)?;
    let stated_at = moment(event.timestamp)?;
    let kept = out.frame.levels.len();
    let bids = levels(event.bids, "bids", out)?;
    let asks = levels(event.asks, "asks", out)?;
    let tick = text(event.tick_size, "tick_size")?.and_then(|text| TickSize::parse(&text).ok());
    let last_trade = text(event.last_trade_price, "last_trade_price")?
        .and_then(|text| PriceText::new(text.as_bytes()));
    let hash = hash(event.hash)?;
    match token {
        None => out.frame.levels.truncate(kept),
        Some(token) => out.frame.events.push(Event::Book(BookStated {
            token,
            stated_at,
            bids,
            asks,
            hash,
            tick,
            last_trade,
        })),
    }
    Ok(())
}

fn changes(
    event: &RawEvent<'_>,
    table: &TokenTable,
    out: &mut ParsedFrame,
) -> Result<(), FrameError> {
    let raw = event.price_changes.ok_or(FrameError::Missing { field: "price_changes" })?;
    let stated_at = moment(event.timestamp)?;
    let start = out.frame.changes.len() as u32;
    for_each(raw.get(), "price_changes", |change: RawChange<'_>| {
        let token = watched(change.asset_id, table, out)?;
        let price = number::level_price(&required(change.price, "price")?)?;
        let size = number::size(&required(change.size, "size")?)?;
        let side = side(change.side)?.ok_or(FrameError::Missing { field: "side" })?;
        let (best_bid, best_ask) = touch(change.best_bid, change.best_ask)?;
        let hash = hash(change.hash)?;
        if let Some(token) = token {
            let change = Change { token, side, price, size, best_bid, best_ask, hash };
            out.frame.changes.push(change);
        }
        Ok(())
    })?;
    push_changes(stated_at, start, out);
    Ok(())
}

/// The schema until September 2025: one token a frame, no stated touch, the hash for the whole.
fn legacy_changes(
    event: &RawEvent<'_>,
    table: &TokenTable,
    out: &mut ParsedFrame,
) -> Result<(), FrameError> {
    let raw = event.changes.ok_or(FrameError::Missing { field: "changes" })?;
    let token = watched(event.asset_id, table, out)?;
    let stated_at = moment(event.timestamp)?;
    let start = out.frame.changes.len() as u32;
    for_each(raw.get(), "changes", |change: RawChange<'_>| {
        let price = number::level_price(&required(change.price, "price")?)?;
        let size = number::size(&required(change.size, "size")?)?;
        let side = side(change.side)?.ok_or(FrameError::Missing { field: "side" })?;
        let (best_bid, best_ask) = (StatedBest::Missing, StatedBest::Missing);
        if let Some(token) = token {
            let change = Change { token, side, price, size, best_bid, best_ask, hash: None };
            out.frame.changes.push(change);
        }
        Ok(())
    })?;
    let hash = hash(event.hash)?;
    if let Some(last) = out.frame.changes.get_mut(start as usize..).and_then(<[_]>::last_mut) {
        last.hash = hash;
    }
    push_changes(stated_at, start, out);
    Ok(())
}

fn push_changes(stated_at: UnixMillis, start: u32, out: &mut ParsedFrame) {
    let end = out.frame.changes.len() as u32;
    if start < end {
        out.frame.events.push(Event::Changes { stated_at, entries: start..end });
    }
}

fn tick_size_change(
    event: &RawEvent<'_>,
    table: &TokenTable,
    out: &mut ParsedFrame,
) -> Result<(), FrameError> {
    let token = watched(event.asset_id, table, out)?;
    let stated_at = moment(event.timestamp)?;
    let tick = TickSize::parse(&required(event.new_tick_size, "new_tick_size")?).ok();
    if let Some(token) = token {
        out.frame.events.push(Event::TickSizeChange { token, stated_at, tick });
    }
    Ok(())
}

fn last_trade(
    event: &RawEvent<'_>,
    table: &TokenTable,
    out: &mut ParsedFrame,
) -> Result<(), FrameError> {
    let token = watched(event.asset_id, table, out)?;
    let price = number::level_price(&required(event.price, "price")?)?;
    let size = number::size(&required(event.size, "size")?)?;
    let side = side(event.side)?;
    let stated_at = moment(event.timestamp)?;
    if let Some(token) = token {
        out.frame.events.push(Event::LastTrade { token, stated_at, price, size, side });
    }
    Ok(())
}

fn best_bid_ask(
    event: &RawEvent<'_>,
    table: &TokenTable,
    out: &mut ParsedFrame,
) -> Result<(), FrameError> {
    let token = watched(event.asset_id, table, out)?;
    let (bid, ask) = touch(event.best_bid, event.best_ask)?;
    let stated_at = moment(event.timestamp)?;
    if let Some(token) = token {
        out.frame.events.push(Event::BestBidAsk { token, stated_at, bid, ask });
    }
    Ok(())
}

fn condition(event: &RawEvent<'_>) -> Result<ConditionId, FrameError> {
    let id = text(event.condition_id, "condition_id")?;
    let id = match id {
        Some(id) if !id.is_empty() => id,
        _ => required(event.market, "market")?,
    };
    ConditionId::parse(&id).map_err(|_| FrameError::WrongType { field: "market" })
}

fn new_market(event: &RawEvent<'_>, out: &mut ParsedFrame) -> Result<(), FrameError> {
    let (condition, stated_at) = (condition(event)?, moment(event.timestamp)?);
    out.frame.events.push(Event::NewMarket { condition, stated_at });
    Ok(())
}

fn resolved(event: &RawEvent<'_>, out: &mut ParsedFrame) -> Result<(), FrameError> {
    let (condition, stated_at) = (condition(event)?, moment(event.timestamp)?);
    let winner = text(event.winning_asset_id, "winning_asset_id")?;
    let winner = winner.and_then(|id| TokenId::parse(&id).ok());
    out.frame.events.push(Event::Resolved { condition, winner, stated_at });
    Ok(())
}
