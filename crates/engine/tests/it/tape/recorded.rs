//! Whole days of recorded trades, told by three sources at once: each whale once, and in order.

use std::io::Read;
use std::sync::Arc;

use domain::{
    AccountAddress, ConditionId, DurationMillis, Price, Shares, Side, TokenId, TransactionHash,
    UnixMillis, Usd,
};
use engine::filter::{FilterSettings, MarketFilter};
use engine::tape::{Print, Sieve, SieveSettings, Source, Tape, TapeSettings, Verdict};
use engine::whales::{Change, WhaleEvent, WhaleKind, WhaleSettings, WhaleWatch};

use crate::recordings::{folder, lines};

/// A number that stands for a text, as an id of a recording without one.
fn digest(text: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    let mut state = 0xcbf2_9ce4_8422_2325u64;
    for byte in &mut bytes {
        for letter in text.bytes() {
            state = (state ^ u64::from(letter)).wrapping_mul(0x0100_0000_01b3);
        }
        *byte = (state >> 24) as u8;
    }
    bytes
}

fn token(title: &str, outcome: &str) -> TokenId {
    let bytes = digest(&format!("{title}/{outcome}"));
    TokenId::from_words([0, 0, 0, u64::from_be_bytes(bytes[..8].try_into().unwrap())])
}

fn millionths(text: &str) -> i64 {
    Usd::parse_display(text).unwrap().micros()
}

/// The monitor's list: single purchases of 50,000 dollars and more.
fn monitor() -> Option<Vec<Print>> {
    let file = folder("trades_whales_2026")?.join("whale_trades.jsonl.gz");
    let read = |line: serde_json::Value| {
        let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
        let price = Usd::from_micros(millionths(&line["price"].to_string()));
        let value = Usd::from_micros(millionths(&line["usd"].to_string()));
        Print {
            transaction: Some(TransactionHash::parse(&text("tx")).unwrap()),
            wallet: Some(AccountAddress::parse(&text("wallet")).unwrap()),
            token: token(&text("title"), &text("outcome")),
            condition: ConditionId::from_bytes(digest(&text("title"))),
            side: Side::Buy,
            price,
            size: Shares::from_micros(value.micros() * 1_000 / (price.micros() / 1_000)),
            value,
            at: UnixMillis(line["timestamp"].as_i64().unwrap() * 1_000),
            source: Source::Live,
            about: Arc::default(),
        }
    };
    Some(lines(&file).map(read).collect())
}

/// The last hours of a game, trade by trade, oldest first.
fn game() -> Option<Vec<Print>> {
    let file = folder("trades_tape_2025")?.join("trades_nfl_hou_lac_2025_01_12.csv.gz");
    let mut text = String::new();
    let mut reader = flate2::read::GzDecoder::new(std::fs::File::open(file).unwrap());
    reader.read_to_string(&mut text).unwrap();
    let rows = text.lines().skip(1).enumerate().map(|(number, line)| {
        let cells: Vec<&str> = line.split(',').collect();
        Print {
            transaction: Some(TransactionHash::from_bytes(digest(&number.to_string()))),
            wallet: Some(AccountAddress::parse(cells[1]).unwrap()),
            token: token(cells[8], cells[10]),
            condition: ConditionId::from_bytes(digest(cells[8])),
            side: if cells[3] == "buy" { Side::Buy } else { Side::Sell },
            price: Usd::from_micros(millionths(cells[5])),
            size: Shares::from_micros(millionths(cells[4])),
            value: Usd::from_micros(millionths(cells[6])),
            at: UnixMillis::parse(&format!("{}Z", cells[0].replace(' ', "T"))).unwrap(),
            source: Source::Live,
            about: Arc::default(),
        }
    });
    let mut rows: Vec<Print> = rows.collect();
    rows.reverse();
    Some(rows)
}

fn unnamed(print: &Print) -> Print {
    Print { transaction: None, wallet: None, source: Source::Book, ..print.clone() }
}

/// Plays the trades: live and on the market socket, but for every seventh, which the live stream
/// loses; a walk through the list every hundred trades reads the last three hundred again.
fn play(trades: &[Print], settings: SieveSettings) -> Vec<WhaleEvent> {
    let sieve = Sieve::new(settings, MarketFilter::new(FilterSettings::default()));
    // The recordings reach over weeks: nothing is forgotten for its age.
    let window = DurationMillis(i64::MAX);
    let mut tape = Tape::new(TapeSettings { window, ..TapeSettings::default() });
    let whales = WhaleSettings { whale_usd_min: settings.whale_usd_min, ..Default::default() };
    let mut watch = WhaleWatch::new(whales);
    let mut found = Vec::new();
    let mut hear = |tape: &mut Tape, print: Print, now: UnixMillis| {
        if sieve.weigh(&print).is_err() {
            return;
        }
        if let Verdict::New(told) = tape.take(print, now)
            && let Some(Change::New(event)) = watch.take(&told)
        {
            found.push(event);
        }
    };
    for (number, print) in trades.iter().enumerate() {
        if number % 7 != 3 {
            hear(&mut tape, print.clone(), print.at);
        }
        if number % 7 != 5 {
            hear(&mut tape, unnamed(print), print.at);
        }
        if number % 7 == 3 || number + 1 == trades.len() {
            let from = number.saturating_sub(300);
            for listed in &trades[from..=number] {
                let walk = Source::Walk(number as u64);
                hear(&mut tape, Print { source: walk, ..listed.clone() }, print.at);
            }
        }
    }
    assert!(tape.due(UnixMillis(i64::MAX)).is_empty(), "everyone has been named");
    found
}

fn settings(trade: i64, whale: i64, ignore_cents: u16) -> SieveSettings {
    SieveSettings {
        trade_usd_min: Usd::from_whole(trade),
        whale_usd_min: Usd::from_whole(whale),
        ignore_price: Price::from_cents(ignore_cents).unwrap(),
    }
}

#[test]
fn every_whale_of_the_recorded_monitor_is_found_once_and_in_order() {
    let Some(trades) = monitor() else { return };
    assert_eq!(trades.len(), 488);
    let found = play(&trades, settings(1_000, 50_000, 0));
    let times: Vec<_> = found.iter().map(|event| (event.last_at, event.value)).collect();
    let wanted: Vec<_> = trades.iter().map(|print| (print.at, print.value)).collect();
    assert_eq!(times, wanted);
    assert!(found.iter().all(|event| event.kind == WhaleKind::LargePrint));
}

#[test]
fn the_recorded_game_has_the_whales_that_adding_up_by_hand_finds() {
    let Some(trades) = game() else { return };
    assert_eq!(trades.len(), 1_000);
    let found = play(&trades, settings(1_000, 10_000, 2));
    let edge = |price: i64| price > 20_000 && price < 980_000;
    let large = |it: &&Print| it.value >= Usd::from_whole(10_000) && edge(it.price.micros());
    let wanted: Vec<_> = trades.iter().filter(large).map(|it| (it.at, it.value)).collect();
    let large: Vec<_> = found.iter().filter(|event| event.kind == WhaleKind::LargePrint).collect();
    assert_eq!(large.iter().map(|it| (it.last_at, it.value)).collect::<Vec<_>>(), wanted);
    assert!(wanted.len() >= 5, "{}", wanted.len());

    let sums: Vec<_> = found.iter().filter(|it| it.kind == WhaleKind::Accumulation).collect();
    let mut by_hand = 0;
    for (end, last) in trades.iter().enumerate() {
        let same = |it: &&Print| {
            (it.wallet, it.token, it.side) == (last.wallet, last.token, last.side)
                && it.value < Usd::from_whole(10_000)
                && it.value >= Usd::from_whole(100)
                && edge(it.price.micros())
        };
        let mine: Vec<_> = trades[..=end].iter().filter(same).collect();
        let within = |it: &&&Print| last.at.since(it.at).0 <= 600_000;
        let sum: Usd = mine.iter().filter(within).map(|it| it.value).sum();
        by_hand += usize::from(same(&last) && sum >= Usd::from_whole(10_000));
    }
    assert!(by_hand > 0 && !sums.is_empty(), "{by_hand} sums by hand");
    assert!(sums.len() <= by_hand, "an event is told once, however long it goes on");
    for event in &sums {
        assert!(event.value >= Usd::from_whole(10_000) && event.prints >= 2, "{event:?}");
        assert!(event.last_at.since(event.first_at).0 <= 600_000);
    }
    let order: Vec<_> = found.iter().map(|event| event.last_at).collect();
    assert!(order.is_sorted_by_key(|at| at.0), "in order, but for what the stream lost");
}
