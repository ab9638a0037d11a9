//! How long it takes to look back into a day: 86,400 s of a busy feed, written as the service writes
//! them, and random moments and decisions read as the page reads them.
//!
//! `PAST_SECONDS` makes the day shorter, `PAST_FOLDER` keeps it. Where it is kept as
//! `DATA_DIR/sessions/001790000000-paper` of a service that runs, `PAST_AT` is that service's address
//! (`127.0.0.1:8080`), and the same is asked over HTTP with `DUTCHBOOK_TOKEN`.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench prints, and one that cannot go on has failed"
)]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use domain::{
    ConditionId, DurationMillis, FeeSchedule, FeeTerms, Level, Market, MarketState, Outcome, Price,
    ProtocolVersion, Shares, Side, TickSize, TokenId, UnixMillis, Usd,
};
use engine::books::{Epoch, TrackedBook};
use engine::opportunity::{
    CloseCause, Leg, Opportunity, OpportunityId, OpportunityKind, OutcomeIndex, Score, Subject,
    Watched as Open, WatchlistEffect,
};
use engine::universe::Watched;
use replay::{Beginning, Filter, Note, Past, RestatedBook, Scribe, Setup, Shelf, Stepped};
use sessions::{Appended, SessionLimits, SessionWriter};

const BEGAN: UnixMillis = UnixMillis(1_790_000_000_000);
const MARKETS: u64 = 500;
const BATCHES_A_SECOND: u64 = 50;
const FRAMES_A_BATCH: u64 = 4;
const READS: usize = 200;
const LEVELS: u16 = 30;

fn main() {
    let seconds = std::env::var("PAST_SECONDS").ok().and_then(|it| it.parse().ok());
    let seconds: u64 = seconds.unwrap_or(86_400);
    let kept = std::env::var("PAST_FOLDER").ok();
    let made = tempfile::tempdir().unwrap();
    let folder = kept.as_ref().map_or_else(|| made.path(), Path::new);
    let began = Instant::now();
    if sessions::segment_files(folder).is_ok_and(|files| !files.is_empty()) {
        println!("the session is there already");
    } else {
        write(folder, seconds);
    }
    let files = sessions::segment_files(folder).unwrap();
    let bytes: u64 = files.iter().map(|file| file.bytes).sum();
    println!(
        "{seconds} s written in {:.0} s: {} segments, {} MB",
        began.elapsed().as_secs_f64(),
        files.len(),
        bytes / 1_000_000
    );
    read(folder);
    if let Ok(at) = std::env::var("PAST_AT") {
        ask(folder, &at);
    }
}

/// The same numbers each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit.max(1)
    }
}

fn token(market: u64, outcome: u64) -> TokenId {
    TokenId::from_words([0x5f65_177b_3942_77fd, market, 7, outcome])
}

fn condition(market: u64) -> ConditionId {
    let mut bytes = [0x5f; 32];
    let (_, tail) = bytes.split_at_mut(24);
    tail.copy_from_slice(&market.to_be_bytes());
    ConditionId::from_bytes(bytes)
}

fn market(number: u64) -> Market {
    let outcome = |at, name: &str| Outcome { token: token(number, at), name: name.into() };
    Market {
        condition: condition(number),
        question: None,
        gamma_id: number.to_string().into(),
        slug: format!("market-{number}").into(),
        title: format!("Will number {number} win?").into(),
        group_item: "".into(),
        version: ProtocolVersion::V1,
        outcomes: [outcome(0, "Yes"), outcome(1, "No")],
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

fn price(ten_thousandths: u64) -> Price {
    Price::from_ten_thousandths(u16::try_from(ten_thousandths).unwrap()).unwrap()
}

fn frame(at: UnixMillis, numbers: &mut Numbers) -> Bytes {
    let market = numbers.below(MARKETS);
    let (at_price, size) = (3_000 + numbers.below(30) * 10, numbers.below(90_000));
    let entry = |outcome, side, at_price| {
        format!(
            r#"{{"asset_id":"{}","price":"{}","size":"{}.{:02}","side":"{side}","hash":"{:040x}","best_bid":"0.33","best_ask":"0.35"}}"#,
            token(market, outcome),
            price(at_price),
            size / 100,
            size % 100,
            numbers_hash(market, size),
        )
    };
    let text = format!(
        r#"{{"market":"{}","price_changes":[{},{}],"timestamp":"{}","event_type":"price_change"}}"#,
        condition(market),
        entry(0, "BUY", at_price),
        entry(1, "SELL", 10_000 - at_price),
        at.0
    );
    Bytes::from(text)
}

fn numbers_hash(market: u64, size: u64) -> u128 {
    u128::from(market).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835) ^ u128::from(size)
}

fn book(market: u64, outcome: u64, at: UnixMillis) -> RestatedBook {
    let mut book = TrackedBook::new(token(market, outcome));
    let level = |place: u16, from: u64, way: i64| Level {
        price: price(u64::try_from(from as i64 + i64::from(place) * way * 10).unwrap()),
        size: Shares::from_micros(1_234_560_000 + i64::from(place) * 7_890_000),
    };
    let bids = (0..LEVELS).map(|place| level(place, 3_300, -1));
    let asks = (0..LEVELS).map(|place| level(place, 3_500, 1));
    book.snapshot(at, bids, asks);
    RestatedBook::of(&book)
}

fn opportunity(number: u64, at: UnixMillis) -> (OpportunityId, Arc<Opportunity>) {
    let subject = Subject::Market(condition(number));
    let leg = |outcome, index| Leg {
        token: token(number, outcome),
        condition: condition(number),
        outcome: index,
        side: Side::Buy,
        size: Shares::from_micros(50_000_000),
        limit: price(3_520),
        average: Usd::from_micros(351_000),
        levels: 3,
        value: Usd::from_micros(17_550_000),
        fee: Usd::from_micros(120_000),
        fee_terms: FeeTerms::FREE,
        taken: (0..3)
            .map(|it| Level {
                price: price(3_500 + it * 10),
                size: Shares::from_micros(20_000_000),
            })
            .collect(),
        stressed_bids: Vec::new(),
        unwind: Usd::from_micros(16_000_000),
        epoch: Epoch(1),
        stated_at: at,
    };
    let opportunity = Opportunity {
        kind: OpportunityKind::ParityLong,
        subject: subject.clone(),
        examined_at: at,
        size: Shares::from_micros(50_000_000),
        legs: vec![leg(0, OutcomeIndex::Yes), leg(1, OutcomeIndex::No)],
        actions: Vec::new(),
        deviation: Usd::from_micros(20_000),
        gross: Usd::from_micros(1_000_000),
        trading_fees: Usd::from_micros(240_000),
        convert_fee: Usd::ZERO,
        chain_cost: Usd::from_micros(10_000),
        net: Usd::from_micros(750_000),
        capital: Usd::from_micros(35_000_000),
        lock_up: Some(DurationMillis(1_000)),
        annual_return_bips: None,
        score: Score::default(),
    };
    (OpportunityId { kind: OpportunityKind::ParityLong, subject, since: at }, Arc::new(opportunity))
}

fn write(folder: &Path, seconds: u64) {
    let mut scribe = Scribe::default();
    let mut writer = SessionWriter::create(folder, SessionLimits::default()).unwrap();
    let mut records = Vec::new();
    let mut say = |at: UnixMillis, note: Note| {
        scribe.write(Stepped { at, note }, &mut records).unwrap();
        for record in records.drain(..) {
            if let Appended::Full(full) = writer.append(&record).unwrap() {
                replay::seal(full).unwrap();
            }
        }
    };
    let setup = Setup {
        version: "0".to_owned(),
        mode: "paper".to_owned(),
        beginning: Beginning::WithTheProgram,
    };
    say(BEGAN, Note::Setup(setup));
    let markets: Vec<_> = (0..MARKETS).map(|number| Arc::new(market(number))).collect();
    let shards = markets.chunks(100).map(|some| {
        some.iter().flat_map(|market| market.outcomes.iter().map(|it| it.token)).collect()
    });
    let shards = shards.collect();
    say(BEGAN, Note::Watches(Arc::new(Watched::new(markets, [], shards))));
    let (mut numbers, mut looks, mut turn) = (Numbers(7), 0, 0);
    for second in 0..seconds {
        let at = |ms: u64| UnixMillis(BEGAN.0 + i64::try_from(second * 1_000 + ms).unwrap());
        for batch in 0..BATCHES_A_SECOND {
            let now = at(batch * 1_000 / BATCHES_A_SECOND);
            let frames = (0..FRAMES_A_BATCH).map(|_| frame(now, &mut numbers)).collect();
            let shard = u16::try_from(batch % 5).unwrap();
            say(now, Note::Frames { shard, missing: 0, frames, stated_at: Some(now) });
            if batch % 25 == 0 {
                let books = (0..10).map(|_| {
                    turn = (turn + 1) % (MARKETS * 2);
                    book(turn / 2, turn % 2, now)
                });
                say(now, Note::Confirmed);
                say(now, Note::Restated(books.collect()));
                say(now, Note::Expired(Vec::new()));
            }
        }
        let of = numbers.below(MARKETS);
        let (id, opportunity) = opportunity(of, at(300));
        looks += 2;
        let open = Open { id: id.clone(), confirmed_at: at(300), opportunity };
        say(
            at(300),
            Note::Looked { number: looks - 1, effects: vec![WatchlistEffect::Opened(open)] },
        );
        let closed = WatchlistEffect::Closed { id, at: at(900), why: CloseCause::Distrusted };
        say(at(900), Note::Looked { number: looks, effects: vec![closed] });
        if second % 3_600 == 0 {
            println!("hour {}", second / 3_600);
        }
    }
    let last = writer.close().unwrap();
    replay::seal(last).unwrap();
}

fn read(folder: &Path) {
    let shelf = Shelf::default();
    let began = Instant::now();
    let past = Past::open(folder, &shelf).unwrap();
    println!("opened with every index read from the disk in {:?}", began.elapsed());
    let summary = past.summary();
    println!("{} records, {} decisions", summary.records, summary.decisions);
    let mut numbers = Numbers(11);
    let span = u64::try_from(summary.to.0 - summary.from.0).unwrap();
    // As a request does it: opened anew each time, with what is kept of the indexes.
    report("a moment with the books of a market", || {
        let at = UnixMillis(summary.from.0 + i64::try_from(numbers.below(span)).unwrap());
        let place = Subject::Market(condition(numbers.below(MARKETS)));
        let past = Past::open(folder, &shelf).unwrap();
        let then = past.moment(at, Some(&place)).unwrap();
        let is_known = then.ladders.iter().all(|ladder| ladder.book.is_some());
        assert!(is_known || at.since(summary.from).0 < 60_000, "{at:?}");
    });
    let records = some_decisions(&past, &mut numbers);
    let mut next = records.iter().cycle();
    report("a decision with everything around it", || {
        let past = Past::open(folder, &shelf).unwrap();
        past.decision(*next.next().unwrap()).unwrap();
    });
    report("a page of decisions", || {
        let from = UnixMillis(summary.from.0 + i64::try_from(numbers.below(span)).unwrap());
        let filter = Filter { from: Some(from), ..Filter::default() };
        let past = Past::open(folder, &shelf).unwrap();
        assert!(past.decisions(&filter, 25).rows.len() <= 25);
    });
    report("the timeline of the day", || {
        let past = Past::open(folder, &shelf).unwrap();
        assert!(past.timeline(summary.from, summary.to, 600).buckets.len() <= 600);
    });
}

/// Decisions of random moments.
fn some_decisions(past: &Past<'_>, numbers: &mut Numbers) -> Vec<u64> {
    let summary = past.summary();
    let span = u64::try_from(summary.to.0 - summary.from.0).unwrap();
    let mut records = Vec::new();
    for _ in 0..READS {
        let from = UnixMillis(summary.from.0 + i64::try_from(numbers.below(span - 2_000)).unwrap());
        let filter = Filter { from: Some(from), ..Filter::default() };
        records.extend(past.decisions(&filter, 1).rows.first().map(|row| row.record));
    }
    records
}

/// The same over HTTP, each request on a connection of its own.
fn ask(folder: &Path, at: &str) {
    let shelf = Shelf::default();
    let past = Past::open(folder, &shelf).unwrap();
    let (summary, mut numbers) = (past.summary(), Numbers(13));
    let span = u64::try_from(summary.to.0 - summary.from.0).unwrap();
    let name = folder.file_name().unwrap().to_str().unwrap();
    let token = std::env::var("DUTCHBOOK_TOKEN").unwrap_or_default();
    let get = |path: &str| {
        let mut service = TcpStream::connect(at).unwrap();
        write!(
            service,
            "GET /api/v1/sessions{path} HTTP/1.1\r\nHost: {at}\r\n\
             Authorization: Bearer {token}\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = Vec::new();
        service.read_to_end(&mut answer).unwrap();
        let head = String::from_utf8_lossy(answer.get(..80).unwrap_or(&answer)).into_owned();
        assert!(head.starts_with("HTTP/1.1 200 "), "{path}: {head}");
    };
    let began = Instant::now();
    get(&format!("/{name}/timeline"));
    println!("over HTTP, the first read with every index from the disk: {:?}", began.elapsed());
    let random = || UnixMillis(summary.from.0 + i64::try_from(numbers.below(span)).unwrap());
    let times: Vec<_> = std::iter::repeat_with(random).take(READS).collect();
    let mut next = times.iter().map(|at| at.to_rfc3339()).cycle();
    let mut places = Numbers(17);
    report("over HTTP, a moment with the books of a market", || {
        let (at, place) = (next.next().unwrap(), condition(places.below(MARKETS)));
        get(&format!("/{name}/moment?at={at}&place={place}"));
    });
    let records = some_decisions(&past, &mut Numbers(19));
    let mut record = records.iter().cycle();
    report("over HTTP, a decision with everything around it", || {
        get(&format!("/{name}/decisions/{}", record.next().unwrap()));
    });
    report("over HTTP, a page of decisions", || {
        get(&format!("/{name}/decisions?limit=25&order=asc&from={}", next.next().unwrap()));
    });
    report("over HTTP, the timeline of the day", || get(&format!("/{name}/timeline?buckets=600")));
    report("over HTTP, the list of sessions", || get(""));
}

fn report(what: &str, mut read: impl FnMut()) {
    let mut took: Vec<Duration> = (0..READS)
        .map(|_| {
            let began = Instant::now();
            read();
            began.elapsed()
        })
        .collect();
    took.sort();
    let at = |share: usize| took.get((took.len() - 1) * share / 100).copied().unwrap_or_default();
    println!("{what}: p50 {:?}, p95 {:?}, max {:?}", at(50), at(95), at(100));
}
