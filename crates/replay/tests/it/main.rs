//! What notes become, and what cannot be run again.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod past;

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use domain::{
    ConditionId, FeeSchedule, FeeTerms, Level, Market, MarketState, Outcome as Side, Price,
    ProtocolVersion, Shares, TickSize, TokenId, Touch, UnixMillis, Usd,
};
use engine::books::{StaleCause, SuspectCause, Trust};
use engine::desk::{Dealer, Desk, Input, NoQuotes, Outcome, TradingView};
use engine::risk::Limits;
use engine::universe::Watched;
use proptest::prelude::*;
use replay::{
    Beginning, Dealt, FrameBatch, Note, ReplayError, Rerun, RestatedBook, Scribe, Setup, Socket,
    Stepped,
};
use sessions::{Kind, Record};

const AT: UnixMillis = UnixMillis(1_790_000_000_123);

fn written(scribe: &mut Scribe, note: Note) -> Vec<Record> {
    let mut records = Vec::new();
    scribe.write(Stepped { at: AT, note }, &mut records).unwrap();
    records
}

fn setup(beginning: Beginning) -> Note {
    Note::Setup(Setup { version: "0".to_owned(), mode: "demo".to_owned(), beginning })
}

fn dealt(quotes: &[(u64, Touch)]) -> Note {
    let token = |number| TokenId::from_words([0, 0, 0, number]);
    let quotes = quotes.iter().map(|(number, touch)| (token(*number), *touch)).collect();
    let (signed, outcome) = (Vec::new(), Outcome::default());
    Note::Dealt(Box::new(Dealt { input: Input::Tick, quotes, signed, outcome }))
}

proptest! {
    #[test]
    fn frames_of_a_batch_come_back_as_they_were(
        missing: u64,
        frames in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 0..10),
    ) {
        let frames: Vec<Bytes> = frames.into_iter().map(Bytes::from).collect();
        let batch = FrameBatch { missing, frames };
        prop_assert_eq!(FrameBatch::read(batch.payload()).unwrap(), batch);
    }
    #[test]
    fn any_bytes_are_a_batch_or_refused(payload in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(batch) = FrameBatch::read(payload.clone()) {
            prop_assert_eq!(batch.payload(), payload);
        }
    }
}

#[test]
fn prices_and_plans_are_written_down_where_they_differ_from_what_was_read_before() {
    let mut scribe = Scribe::default();
    let price = |cents| domain::Price::from_cents(cents);
    let (one, two) =
        (Touch { bid: price(40), ask: price(42) }, Touch { bid: price(41), ask: price(42) });
    let kinds = |records: Vec<Record>| records.len();
    assert_eq!(kinds(written(&mut scribe, dealt(&[(1, one), (2, Touch::default())]))), 2);
    assert_eq!(kinds(written(&mut scribe, dealt(&[(1, one)]))), 1, "nothing new was read");
    assert_eq!(kinds(written(&mut scribe, dealt(&[(1, two)]))), 2);
    assert_eq!(kinds(written(&mut scribe, dealt(&[]))), 1);

    let plan = Arc::new(Watched::default());
    assert_eq!(kinds(written(&mut scribe, Note::Watches(Arc::clone(&plan)))), 2);
    assert_eq!(kinds(written(&mut scribe, Note::Watches(plan))), 1);
}

#[test]
fn frames_stand_in_a_session_as_they_came_with_both_times() {
    let mut scribe = Scribe::default();
    let frames = vec![Bytes::from_static(b"[]"), Bytes::from_static(b"PONG")];
    let stated_at = Some(UnixMillis(AT.0 - 7));
    let note = Note::Frames { shard: 3, missing: 1, frames: frames.clone(), stated_at };
    let [record] = written(&mut scribe, note).try_into().unwrap();
    assert_eq!((record.kind, record.source), (Kind::MarketFrames, 3));
    assert_eq!(record.received_at.0, AT.0 * 1_000);
    assert_eq!(record.stated_at.unwrap().0, (AT.0 - 7) * 1_000);
    assert_eq!(FrameBatch::read(record.payload).unwrap(), FrameBatch { missing: 1, frames });

    let note = Note::Heard { socket: Socket::Trades, frame: Bytes::from_static(b"{}") };
    let [record] = written(&mut scribe, note).try_into().unwrap();
    assert_eq!((record.kind, record.payload.as_slice()), (Kind::TradeFrame, &b"{}"[..]));
}

/// A view of a desk that has just begun.
fn shown(number: u64) -> Note {
    let dealer = Dealer::new(Desk::new(AT, Limits::default()).unwrap());
    let view = TradingView::of(&dealer, &NoQuotes, AT, number);
    Note::Shown { number, quotes: BTreeMap::new(), view: Arc::new(view) }
}

fn run(notes: Vec<Note>) -> Result<u64, ReplayError> {
    let (mut scribe, mut rerun) = (Scribe::default(), Rerun::default());
    for record in notes.into_iter().flat_map(|note| written(&mut scribe, note)) {
        rerun.take(record)?;
    }
    Ok(rerun.totals().steps)
}

#[test]
fn what_cannot_be_run_again_is_said_and_where() {
    let begun = || setup(Beginning::WithTheProgram);
    assert_eq!(run(vec![begun(), Note::BooksBegan, Note::Confirmed]).unwrap(), 2);
    let beheaded = run(vec![Note::BooksBegan]);
    assert!(matches!(beheaded, Err(ReplayError::NoBeginning)), "{beheaded:?}");
    let later = run(vec![setup(Beginning::Later), Note::BooksBegan]);
    assert!(matches!(later, Err(ReplayError::BeginsLater)), "{later:?}");
    let missing = run(vec![begun(), Note::Missing(4), Note::BooksBegan]);
    assert!(matches!(missing, Err(ReplayError::Missing { steps: 4, number: 2 })), "{missing:?}");
    let looked = run(vec![begun(), Note::Looked { number: 9, effects: Vec::new() }]);
    assert!(matches!(looked, Err(ReplayError::Unknown { number: 2, .. })), "{looked:?}");
    let no_desk = run(vec![begun(), shown(1)]);
    assert_eq!(no_desk.unwrap(), 1, "a view of no desk shows nothing");
    assert!(matches!(run(vec![begun(), dealt(&[])]), Err(ReplayError::Unknown { .. })));
}

fn market() -> Market {
    let outcome = |number, name: &str| Side {
        token: TokenId::from_words([0, 0, 0, number]),
        name: name.into(),
    };
    Market {
        condition: ConditionId::from_bytes([7; 32]),
        question: None,
        gamma_id: "7".into(),
        slug: "seven".into(),
        title: "Will it be seven?".into(),
        group_item: "".into(),
        version: ProtocolVersion::V1,
        outcomes: [outcome(14, "Yes"), outcome(15, "No")],
        group: None,
        neg_risk: false,
        placeholder: false,
        state: MarketState::Open,
        tick: TickSize::TenThousandth,
        order_size_min: Shares::ZERO,
        fee: FeeSchedule::Known(FeeTerms::FREE),
        ends_at: None,
        volume_24h: Usd::ZERO,
        liquidity: Usd::ZERO,
        tags: Vec::new(),
        price_hint: None,
    }
}

fn level(price: u16, size: i64) -> Level {
    Level { price: Price::from_ten_thousandths(price).unwrap(), size: Shares::from_micros(size) }
}

prop_compose! {
    fn restated()(
        token: [u64; 4],
        trust in 0_usize..10,
        epoch: u64,
        stated_at in 0_i64..i64::MAX,
        sides: [Vec<(u16, i64)>; 2],
    ) -> RestatedBook {
        let [bids, asks] = sides.map(|side| {
            side.into_iter().map(|(price, size)| level(price % 10_001, size.max(0))).collect()
        });
        let token = TokenId::from_words(token);
        let stated_at = UnixMillis(stated_at);
        RestatedBook { token, trust: TRUSTS[trust], epoch, stated_at, bids, asks }
    }
}

/// By the numbers that a record holds.
const TRUSTS: [Trust; 10] = [
    Trust::Waiting,
    Trust::Trusted,
    Trust::Suspect(SuspectCause::Crossed),
    Trust::Suspect(SuspectCause::TouchDiffers),
    Trust::Suspect(SuspectCause::HashDiffers),
    Trust::Suspect(SuspectCause::RestDiffers),
    Trust::Suspect(SuspectCause::FramesLost),
    Trust::Suspect(SuspectCause::TickChanged),
    Trust::Stale(StaleCause::Disconnected),
    Trust::Stale(StaleCause::Silent),
];

proptest! {
    #[test]
    fn restated_books_come_back_as_they_were(books in prop::collection::vec(restated(), 0..4)) {
        let payload = RestatedBook::payload(&books);
        prop_assert_eq!(RestatedBook::read(&payload).unwrap(), books);
    }
    #[test]
    fn any_bytes_are_books_or_refused(payload in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = RestatedBook::read(&payload);
    }
}

#[test]
fn the_desk_is_stated_whole_once_in_ten_seconds_and_a_book_that_differs_is_a_difference() {
    let mut scribe = Scribe::default();
    let mut standings = 0;
    for second in 0..25 {
        let mut records = Vec::new();
        let at = UnixMillis(AT.0 + second * 1_000);
        scribe.write(Stepped { at, note: shown(1) }, &mut records).unwrap();
        standings += records
            .iter()
            .filter(|it| String::from_utf8_lossy(&it.payload).contains("equity"))
            .count();
    }
    assert_eq!(standings, 3);

    let market = market();
    let token = market.outcomes[0].token;
    let shards = vec![market.outcomes.iter().map(|it| it.token).collect()];
    let plan = Arc::new(Watched::new([Arc::new(market)], [], shards));
    let book = RestatedBook {
        token,
        trust: Trust::Waiting,
        epoch: 0,
        stated_at: UnixMillis(0),
        bids: Vec::new(),
        asks: Vec::new(),
    };
    let other = RestatedBook { bids: vec![level(4_000, 5)], ..book.clone() };
    let (mut scribe, mut rerun) = (Scribe::default(), Rerun::default());
    let mut take = |note| {
        let records = written(&mut scribe, note).into_iter();
        records.filter_map(|record| rerun.take(record).unwrap().difference).collect::<Vec<_>>()
    };
    assert_eq!(take(setup(Beginning::WithTheProgram)), []);
    assert_eq!(take(Note::Watches(plan)), []);
    assert_eq!(take(Note::Restated(vec![book])), []);
    let [difference] = take(Note::Restated(vec![other])).try_into().unwrap();
    assert_eq!(difference.who, "books", "{difference}");
}
