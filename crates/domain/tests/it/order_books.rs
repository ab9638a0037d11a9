//! Fingerprints and walks against the venue's own books.

use std::collections::BTreeMap;
use std::fs;

use domain::book::{Amount, HashContext, walk};
use domain::{Book, Level, Price, Shares, Side, UnixMillis, Usd};
use serde_json::Value;

use crate::folders::{content, folder, vectors};

fn pairs(levels: &Value) -> Vec<(&str, &str)> {
    let levels = levels.as_array().unwrap().iter();
    levels.map(|l| (l["price"].as_str().unwrap(), l["size"].as_str().unwrap())).collect()
}

fn levels(levels: &Value) -> Vec<Level> {
    let level = |(price, size): (&str, &str)| Level {
        price: Price::parse(price).unwrap(),
        size: Shares::parse(size).unwrap(),
    };
    pairs(levels).into_iter().map(level).collect()
}

fn context(book: &Value) -> HashContext<'_> {
    HashContext {
        market: book["market"].as_str().unwrap(),
        asset_id: book["asset_id"].as_str().unwrap(),
        stated_at: UnixMillis(book["timestamp"].as_str().unwrap().parse().unwrap()),
        min_order_size: book["min_order_size"].as_str().unwrap(),
        tick_size: book["tick_size"].as_str().unwrap(),
        neg_risk: book["neg_risk"].as_bool().unwrap(),
        last_trade_price: book["last_trade_price"].as_str(),
    }
}

fn book_of(stated: &Value) -> Book {
    let mut book = Book::new();
    book.replace(levels(&stated["bids"]), levels(&stated["asks"]));
    book
}

#[test]
fn fingerprints_of_the_golden_books_come_out() {
    let golden = content(&vectors().join("order_books.json"));
    let golden: Value = serde_json::from_str(&golden).unwrap();
    let vectors = golden["vectors"].as_array().unwrap();
    assert!(!vectors.is_empty());
    for vector in vectors {
        let book = &vector["book"];
        let hash = context(book).fingerprint(pairs(&book["bids"]), pairs(&book["asks"]));
        assert_eq!(hash.to_string(), vector["hash"].as_str().unwrap(), "{}", vector["id"]);
    }
}

#[test]
fn walks_of_the_golden_books_end_at_the_golden_prices() {
    let golden = content(&vectors().join("order_books.json"));
    let golden: Value = serde_json::from_str(&golden).unwrap();
    let mut queries = 0;
    for vector in golden["vectors"].as_array().unwrap() {
        let (bids, asks) = (levels(&vector["book"]["bids"]), levels(&vector["book"]["asks"]));
        let mut check = |side: &str, unit: &str, query: &Value| {
            let text = query["amount"].as_str().unwrap();
            let amount = match unit {
                "usdc" => Amount::Dollars(Usd::parse(text).unwrap()),
                "shares" => Amount::Shares(Shares::parse(text).unwrap()),
                other => panic!("unit {other}"),
            };
            let side = if side == "BUY" { &asks } else { &bids };
            let found = match walk(side.iter().rev().copied(), amount) {
                Err(_) => "error:no_liquidity".to_owned(),
                Ok(walk) if !walk.complete && query["orderType"] == "FOK" => {
                    "error:insufficient_liquidity".to_owned()
                }
                Ok(walk) => walk.price.to_string(),
            };
            assert_eq!(found, query["expected"].as_str().unwrap(), "{} {query}", vector["id"]);
            queries += 1;
        };
        for query in vector["queries"].as_array().unwrap() {
            check(query["side"].as_str().unwrap(), query["unit"].as_str().unwrap(), query);
        }
        for query in vector["buyBySharesRustOnly"].as_array().unwrap() {
            check("BUY", "shares", query);
        }
    }
    assert!(queries > 200, "{queries}");
}

#[test]
fn fingerprints_of_recorded_rest_books_come_out_of_our_own_ladders() {
    let Some(folder) = folder("RECORDINGS_DIR", "../shared/data") else { return };
    let mut books = 0;
    for entry in fs::read_dir(folder.join("clob_books_2026_03")).into_iter().flatten() {
        let path = entry.unwrap().path();
        if !path.to_str().unwrap().ends_with(".jsonl.gz") {
            continue;
        }
        for line in content(&path).lines() {
            let batch: Value = serde_json::from_str(line).unwrap();
            for stated in batch["books"].as_array().unwrap() {
                let expected = stated["hash"].as_str().unwrap();
                let context = context(stated);
                let texts = context.fingerprint(pairs(&stated["bids"]), pairs(&stated["asks"]));
                assert_eq!(texts.to_string(), expected, "{}", context.asset_id);
                let ours = context.fingerprint_of(&book_of(stated));
                assert_eq!(ours.to_string(), expected, "{}", context.asset_id);
                books += 1;
            }
        }
    }
    assert!(books > 0);
}

/// Snapshots and every change after them, by fingerprint: 13 states in the session of June 2026.
#[test]
fn every_state_of_the_recorded_session_has_the_stated_fingerprint() {
    let Some(folder) = folder("RECORDINGS_DIR", "../shared/data") else { return };
    let session = folder.join("ws_frames_current/session_btc5m_2026_06_12.jsonl");
    let mut books: BTreeMap<String, (Value, Book, bool)> = BTreeMap::new();
    let mut proven = 0;
    for line in content(&session).lines() {
        let tap: Value = serde_json::from_str(line).unwrap();
        let Ok(frame) = serde_json::from_str::<Value>(tap["text"].as_str().unwrap()) else {
            continue;
        };
        for stated in frame.as_array().into_iter().flatten() {
            let mut stated = stated.clone();
            stated["min_order_size"] = "5".into();
            stated["neg_risk"] = false.into();
            let book = book_of(&stated);
            let hash = context(&stated).fingerprint_of(&book);
            assert_eq!(hash.to_string(), stated["hash"].as_str().unwrap());
            proven += 1;
            books.insert(stated["asset_id"].as_str().unwrap().to_owned(), (stated, book, false));
        }
        for change in frame["price_changes"].as_array().into_iter().flatten() {
            let (stated, book, passed) =
                books.get_mut(change["asset_id"].as_str().unwrap()).unwrap();
            // Everything up to the change that led to the snapshot is contained in it.
            let contained = !*passed;
            *passed |= change["hash"] == stated["hash"];
            if contained {
                continue;
            }
            let side = if change["side"] == "BUY" { Side::Buy } else { Side::Sell };
            let [level] = levels(&Value::Array(vec![change.clone()]))[..] else { panic!() };
            book.set(side, level.price, level.size);
            stated["timestamp"] = frame["timestamp"].clone();
            let hash = context(stated).fingerprint_of(book);
            assert_eq!(hash.to_string(), change["hash"].as_str().unwrap());
            proven += 1;
        }
    }
    assert_eq!(proven, 13);
}
