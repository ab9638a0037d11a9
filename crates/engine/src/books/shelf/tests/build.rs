//! Markets, groups and frames for the tests.

use std::sync::Arc;

use domain::{
    BookHash, BookStated, Change, ConditionId, Event, EventGroup, FeeSchedule, FeeTerms, Frame,
    GroupId, Level, Market, MarketState, Outcome, Price, ProtocolVersion, Shares, Side, StatedBest,
    TickSize, TokenId, TokenIndex, UnixMillis, Usd,
};

use crate::books::{Layout, ScreenEffect, Shelf};
use crate::funnel::Reason;

/// No touch is stated.
pub(super) const LAST: StatedBest = StatedBest::Missing;

pub(super) fn price(ten_thousandths: u16) -> Price {
    Price::from_ten_thousandths(ten_thousandths).unwrap()
}

pub(super) fn shares(whole: i64) -> Shares {
    Shares::from_whole(whole)
}

pub(super) fn market(n: u8) -> Market {
    let text: Arc<str> = format!("m{n}").into();
    let outcome = |at: u64, name: &str| Outcome {
        token: TokenId::from_words([u64::from(n) + 1, 0, 0, at]),
        name: name.into(),
    };
    Market {
        condition: ConditionId::from_bytes([n; 32]),
        question: None,
        gamma_id: text.clone(),
        slug: text.clone(),
        title: text.clone(),
        group_item: text,
        version: ProtocolVersion::V1,
        outcomes: [outcome(1, "Yes"), outcome(2, "No")],
        group: None,
        neg_risk: false,
        placeholder: false,
        state: MarketState::Open,
        tick: TickSize::Hundredth,
        order_size_min: shares(5),
        fee: FeeSchedule::Known(FeeTerms::FREE),
        ends_at: None,
        volume_24h: Usd::ZERO,
        liquidity: Usd::ZERO,
        tags: Vec::new(),
        price_hint: None,
    }
}

pub(super) fn group(markets: &[Market]) -> EventGroup {
    EventGroup {
        id: GroupId("g".into()),
        slug: "g".into(),
        title: "g".into(),
        neg_risk: true,
        augmented: false,
        convert_fee_bips: 0,
        markets: markets.iter().map(|market| market.condition).collect(),
    }
}

/// One level set to a size, in ten-thousandths and whole shares.
#[derive(Clone, Copy)]
pub(super) struct At {
    side: Side,
    price: u16,
    size: i64,
}

impl At {
    pub(super) const fn bid(price: u16, size: i64) -> Self {
        Self { side: Side::Buy, price, size }
    }
    pub(super) const fn ask(price: u16, size: i64) -> Self {
        Self { side: Side::Sell, price, size }
    }
    /// The same order as the book of the other token shows it.
    const fn mirror(self) -> Self {
        let side = match self.side {
            Side::Buy => Side::Sell,
            Side::Sell => Side::Buy,
        };
        Self { side, price: 10_000 - self.price, ..self }
    }
}

/// A shelf and the effects of the last operation on it.
pub(super) struct Desk {
    pub(super) shelf: Shelf,
    pub(super) effects: Vec<ScreenEffect>,
}

impl Desk {
    pub(super) fn new(markets: &[Market], groups: &[EventGroup]) -> Self {
        Self { shelf: Shelf::new(Layout::new(markets, groups)), effects: Vec::new() }
    }
    pub(super) fn apply(&mut self, frame: &Frame) {
        self.effects.clear();
        self.shelf.apply(frame, UnixMillis(1), &mut self.effects);
        let funnel = self.shelf.funnel();
        let ended: u64 = funnel.reasons().map(|(_, count)| count).sum();
        assert_eq!(funnel.looks(), funnel.passed() + ended);
    }
    pub(super) fn event(&mut self, event: Event) {
        self.apply(&Frame { events: vec![event], ..Frame::default() });
    }
    pub(super) fn book(
        &mut self,
        at: i64,
        token: TokenIndex,
        bids: &[(u16, i64)],
        asks: &[(u16, i64)],
    ) {
        self.book_stated(at, token, bids, asks, None);
    }
    pub(super) fn book_with_hash(
        &mut self,
        at: i64,
        token: TokenIndex,
        bids: &[(u16, i64)],
        asks: &[(u16, i64)],
        hash: BookHash,
    ) {
        self.book_stated(at, token, bids, asks, Some(hash));
    }
    fn book_stated(
        &mut self,
        at: i64,
        token: TokenIndex,
        bids: &[(u16, i64)],
        asks: &[(u16, i64)],
        hash: Option<BookHash>,
    ) {
        let levels = bids.iter().chain(asks);
        let levels = levels.map(|(p, s)| Level { price: price(*p), size: shares(*s) }).collect();
        let (middle, end) = (bids.len() as u32, (bids.len() + asks.len()) as u32);
        let book = BookStated {
            token,
            stated_at: UnixMillis(at),
            bids: 0..middle,
            asks: middle..end,
            hash,
            tick: None,
            last_trade: None,
        };
        self.apply(&Frame { events: vec![Event::Book(book)], levels, changes: Vec::new() });
    }
    pub(super) fn change(
        &self,
        token: TokenIndex,
        at: At,
        best_bid: StatedBest,
        best_ask: StatedBest,
    ) -> Change {
        let (price, size) = (price(at.price), shares(at.size));
        Change { token, side: at.side, price, size, best_bid, best_ask, hash: None }
    }
    pub(super) fn changes(&mut self, at: i64, changes: Vec<Change>) {
        let entries = 0..changes.len() as u32;
        let events = vec![Event::Changes { stated_at: UnixMillis(at), entries }];
        self.apply(&Frame { events, levels: Vec::new(), changes });
    }
    /// One frame of changes without a stated touch.
    pub(super) fn frame(&mut self, at: i64, changes: &[(TokenIndex, At)]) {
        let changes = changes.iter().map(|(token, at)| self.change(*token, *at, LAST, LAST));
        let changes = changes.collect();
        self.changes(at, changes);
    }
    /// One change of the first market as the venue sends it: for both tokens.
    pub(super) fn mirrored(&mut self, at: i64, change: At, bid: StatedBest, ask: StatedBest) {
        let mirror = |best: StatedBest| match best {
            StatedBest::At(price) => StatedBest::At(price.complement()),
            other => other,
        };
        let yes = self.change(TokenIndex(0), change, bid, ask);
        let no = self.change(TokenIndex(1), change.mirror(), mirror(ask), mirror(bid));
        self.changes(at, vec![yes, no]);
    }
    pub(super) fn reason(&self, wanted: Reason) -> u64 {
        let mut reasons = self.shelf.funnel().reasons();
        reasons.find(|(reason, _)| *reason == wanted).map_or(0, |(_, count)| count)
    }
}
