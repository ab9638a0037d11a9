//! The fast path: walks the members in the order the venue sends them.
//!
//! `None` anywhere means "not what I know", never "wrong": the tolerant parser then reads the whole
//! frame and decides. One blank is allowed after a comma and after a colon.

use domain::{
    BookHash, BookStated, Change, Event, Level, Price, PriceText, Shares, Side, StatedBest,
    TickSize, TokenIndex, UnixMillis,
};

use super::{FrameError, ParsedFrame, TokenTable, number, swar};

/// A condition id on the wire: `0x` and 64 digits.
const CONDITION_BYTES: usize = 66;
/// A SHA-1 in hexadecimal digits.
const HASH_BYTES: usize = 40;

/// Scans a whole frame into `out`, which holds part of it when this ends with `None`.
pub(super) fn scan(bytes: &[u8], table: &TokenTable, out: &mut ParsedFrame) -> Option<()> {
    let mut cursor = Cursor { rest: bytes };
    if cursor.next_is(b'[') {
        cursor.eat(b"[")?;
        loop {
            event(&mut cursor, table, out)?;
            if cursor.next_is(b']') {
                cursor.eat(b"]")?;
                break;
            }
            cursor.eat(b",")?;
            cursor.blank();
        }
    } else {
        event(&mut cursor, table, out)?;
    }
    cursor.rest.iter().all(u8::is_ascii_whitespace).then_some(())
}

fn event(cursor: &mut Cursor<'_>, table: &TokenTable, out: &mut ParsedFrame) -> Option<()> {
    cursor.eat(b"{")?;
    cursor.text_member(b"\"market\":")?;
    cursor.skip_text(CONDITION_BYTES)?;
    cursor.eat(b",")?;
    cursor.blank();
    if cursor.rest.starts_with(b"\"price_changes\":") {
        return changes(cursor, table, out);
    }
    cursor.text_member(b"\"asset_id\":")?;
    let token = cursor.token(table, out)?;
    cursor.eat(b",")?;
    cursor.blank();
    match cursor.rest.get(1)? {
        b't' => book(cursor, token, out),
        b'b' => best_bid_ask(cursor, token, out),
        b'p' => last_trade(cursor, token, out),
        _ => None,
    }
}

fn changes(cursor: &mut Cursor<'_>, table: &TokenTable, out: &mut ParsedFrame) -> Option<()> {
    cursor.eat(b"\"price_changes\":")?;
    cursor.blank();
    cursor.eat(b"[")?;
    let start = out.frame.changes.len() as u32;
    loop {
        change(cursor, table, out)?;
        if cursor.next_is(b']') {
            break;
        }
        cursor.eat(b",")?;
        cursor.blank();
    }
    cursor.eat(b"]")?;
    cursor.next_text_member(b"\"timestamp\":")?;
    let stated_at = cursor.millis()?;
    cursor.next_text_member(b"\"event_type\":")?;
    cursor.eat(b"price_change\"}")?;
    let end = out.frame.changes.len() as u32;
    if start < end {
        out.frame.events.push(Event::Changes { stated_at, entries: start..end });
    }
    Some(())
}

#[inline(always)]
fn change(cursor: &mut Cursor<'_>, table: &TokenTable, out: &mut ParsedFrame) -> Option<()> {
    cursor.eat(b"{")?;
    cursor.text_member(b"\"asset_id\":")?;
    let token = cursor.token(table, out)?;
    cursor.next_text_member(b"\"price\":")?;
    let price = cursor.level_price()?;
    cursor.next_text_member(b"\"size\":")?;
    let size = cursor.size()?;
    cursor.next_text_member(b"\"side\":")?;
    let side = cursor.side()?;
    cursor.next_text_member(b"\"hash\":")?;
    let hash = BookHash::from_text(cursor.text(HASH_BYTES)?);
    cursor.next_text_member(b"\"best_bid\":")?;
    let best_bid = cursor.best(number::best_bid)?;
    cursor.next_text_member(b"\"best_ask\":")?;
    let best_ask = cursor.best(number::best_ask)?;
    cursor.eat(b"}")?;
    if let Some(token) = token {
        out.frame.changes.push(Change { token, side, price, size, best_bid, best_ask, hash });
    }
    Some(())
}

fn book(cursor: &mut Cursor<'_>, token: Option<TokenIndex>, out: &mut ParsedFrame) -> Option<()> {
    cursor.text_member(b"\"timestamp\":")?;
    let stated_at = cursor.millis()?;
    cursor.next_text_member(b"\"hash\":")?;
    let hash = BookHash::from_text(cursor.text(HASH_BYTES)?);
    let kept = out.frame.levels.len();
    cursor.next_member(b"\"bids\":")?;
    let bids = levels(cursor, out)?;
    cursor.next_member(b"\"asks\":")?;
    let asks = levels(cursor, out)?;
    cursor.next_text_member(b"\"tick_size\":")?;
    let tick = TickSize::parse(cursor.short_text()?).ok();
    cursor.next_text_member(b"\"event_type\":")?;
    cursor.eat(b"book\"")?;
    cursor.next_text_member(b"\"last_trade_price\":")?;
    let last_trade = PriceText::new(cursor.text(5)?);
    if !cursor.next_is(b'}') {
        cursor.next_text_member(b"\"version\":")?;
        cursor.skip_text(2)?;
    }
    cursor.eat(b"}")?;
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
    Some(())
}

fn levels(cursor: &mut Cursor<'_>, out: &mut ParsedFrame) -> Option<std::ops::Range<u32>> {
    let start = out.frame.levels.len() as u32;
    cursor.eat(b"[")?;
    while !cursor.next_is(b']') {
        cursor.eat(b"{")?;
        cursor.text_member(b"\"price\":")?;
        let price = cursor.level_price()?;
        cursor.next_text_member(b"\"size\":")?;
        let size = cursor.size()?;
        cursor.eat(b"}")?;
        out.frame.levels.push(Level { price, size });
        if cursor.next_is(b',') {
            cursor.eat(b",")?;
            cursor.blank();
            // A comma is never the last thing in an array.
            cursor.next_is(b'{').then_some(())?;
        }
    }
    cursor.eat(b"]")?;
    Some(start..out.frame.levels.len() as u32)
}

fn best_bid_ask(
    cursor: &mut Cursor<'_>,
    token: Option<TokenIndex>,
    out: &mut ParsedFrame,
) -> Option<()> {
    cursor.text_member(b"\"best_bid\":")?;
    let bid = cursor.best(number::best_bid)?;
    cursor.next_text_member(b"\"best_ask\":")?;
    let ask = cursor.best(number::best_ask)?;
    cursor.next_text_member(b"\"spread\":")?;
    cursor.skip_text(4)?;
    cursor.next_text_member(b"\"timestamp\":")?;
    let stated_at = cursor.millis()?;
    cursor.next_text_member(b"\"event_type\":")?;
    cursor.eat(b"best_bid_ask\"}")?;
    if let Some(token) = token {
        out.frame.events.push(Event::BestBidAsk { token, stated_at, bid, ask });
    }
    Some(())
}

fn last_trade(
    cursor: &mut Cursor<'_>,
    token: Option<TokenIndex>,
    out: &mut ParsedFrame,
) -> Option<()> {
    cursor.text_member(b"\"price\":")?;
    let price = cursor.level_price()?;
    cursor.next_text_member(b"\"size\":")?;
    let size = cursor.size()?;
    cursor.next_text_member(b"\"fee_rate_bps\":")?;
    cursor.skip_text(1)?;
    cursor.next_text_member(b"\"side\":")?;
    let side = cursor.side()?;
    cursor.next_text_member(b"\"timestamp\":")?;
    let stated_at = cursor.millis()?;
    cursor.next_text_member(b"\"event_type\":")?;
    cursor.eat(b"last_trade_price\"")?;
    if !cursor.next_is(b'}') {
        cursor.next_text_member(b"\"transaction_hash\":")?;
        cursor.skip_text(CONDITION_BYTES)?;
    }
    cursor.eat(b"}")?;
    if let Some(token) = token {
        let side = Some(side);
        out.frame.events.push(Event::LastTrade { token, stated_at, price, size, side });
    }
    Some(())
}

/// What is left of the frame. Every step either moves on or gives up.
struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    /// Moves past `text`, whose length is known to the compiler.
    #[inline(always)]
    fn eat<const N: usize>(&mut self, text: &[u8; N]) -> Option<()> {
        let (head, tail) = self.rest.split_first_chunk::<N>()?;
        (head == text).then_some(())?;
        self.rest = tail;
        Some(())
    }
    #[inline(always)]
    fn next_is(&self, byte: u8) -> bool {
        self.rest.first() == Some(&byte)
    }
    /// Moves past one blank, if there is one.
    #[inline(always)]
    fn blank(&mut self) {
        if let [b' ', tail @ ..] = self.rest {
            self.rest = tail;
        }
    }
    /// Moves past `"name":` and a string's opening quote.
    #[inline(always)]
    fn text_member<const N: usize>(&mut self, name: &[u8; N]) -> Option<()> {
        self.eat(name)?;
        self.blank();
        self.eat(b"\"")
    }
    /// Moves past `,"name":`.
    #[inline(always)]
    fn next_member<const N: usize>(&mut self, name: &[u8; N]) -> Option<()> {
        self.eat(b",")?;
        self.blank();
        self.eat(name)?;
        self.blank();
        Some(())
    }
    /// Moves past `,"name":` and a string's opening quote.
    #[inline(always)]
    fn next_text_member<const N: usize>(&mut self, name: &[u8; N]) -> Option<()> {
        self.next_member(name)?;
        self.eat(b"\"")
    }
    /// A string of plain characters, most likely `likely` bytes long; moves past its end.
    #[inline(always)]
    fn text(&mut self, likely: usize) -> Option<&'a [u8]> {
        if self.rest.get(likely) == Some(&b'"') {
            let (text, tail) = self.rest.split_at_checked(likely)?;
            if text.iter().fold(true, |all, byte| all & is_plain(*byte)) {
                self.rest = tail.get(1..)?;
                return Some(text);
            }
        }
        let end = self.rest.iter().position(|byte| !is_plain(*byte))?;
        let (text, tail) = self.rest.split_at_checked(end)?;
        self.rest = tail.strip_prefix(b"\"")?;
        Some(text)
    }
    #[inline(always)]
    fn skip_text(&mut self, likely: usize) -> Option<()> {
        self.text(likely).map(|_| ())
    }
    /// A string of few characters.
    #[cold]
    fn short_text(&mut self) -> Option<&'a str> {
        let end = self.rest.iter().position(|byte| !is_plain(*byte))?;
        let (text, tail) = self.rest.split_at_checked(end)?;
        self.rest = tail.strip_prefix(b"\"")?;
        std::str::from_utf8(text).ok()
    }
    /// A token id; `Some(None)` and a count where nobody watches it.
    #[inline(always)]
    fn token(&mut self, table: &TokenTable, out: &mut ParsedFrame) -> Option<Option<TokenIndex>> {
        if let Some((token, tail)) = table.take(self.rest) {
            self.rest = tail;
            return Some(Some(token));
        }
        let token = table.lookup(self.text(77)?);
        if token.is_none() {
            out.unknown_tokens += 1;
        }
        Some(token)
    }
    #[inline(always)]
    fn level_price(&mut self) -> Option<Price> {
        if let Some((value @ 1.., tail)) = swar::price(self.rest) {
            self.rest = tail;
            return Price::from_ten_thousandths(value);
        }
        number::level_price(self.short_text()?).ok()
    }
    /// One end of the touch; `slowly` reads what is not a plain price.
    #[inline(always)]
    fn best(
        &mut self,
        slowly: impl Fn(&str) -> Result<StatedBest, FrameError>,
    ) -> Option<StatedBest> {
        if let Some((value @ 1.., tail)) = swar::price(self.rest) {
            self.rest = tail;
            return Price::from_ten_thousandths(value).map(StatedBest::At);
        }
        slowly(self.short_text()?).ok()
    }
    #[inline(always)]
    fn size(&mut self) -> Option<Shares> {
        if let Some((micros, tail)) = swar::size(self.rest) {
            self.rest = tail;
            return Some(Shares::from_micros(micros));
        }
        number::size(self.short_text()?).ok()
    }
    #[inline(always)]
    fn millis(&mut self) -> Option<UnixMillis> {
        if let Some((millis, tail)) = swar::millis(self.rest) {
            self.rest = tail;
            return Some(UnixMillis(millis));
        }
        number::millis(self.short_text()?).ok()
    }
    #[inline(always)]
    fn side(&mut self) -> Option<Side> {
        if self.next_is(b'B') {
            self.eat(b"BUY\"")?;
            return Some(Side::Buy);
        }
        self.eat(b"SELL\"")?;
        Some(Side::Sell)
    }
}

/// A byte that stands for itself in a JSON string. Others are left to the tolerant parser.
#[inline(always)]
const fn is_plain(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7e) && byte != b'"' && byte != b'\\'
}
