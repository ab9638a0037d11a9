//! Sessions over HTTP: what is told of a session that is being recorded is what its files hold.

use std::path::PathBuf;
use std::time::Duration;

use domain::UnixMillis;
use replay::{Filter, LadderThen, Past, Row, RowKind, Shelf, place_of};
use serde_json::{Value, json};
use sessions::Archive;

use crate::service::Service;

const SOON: Duration = Duration::from_secs(60);
/// What lies so long before the newest record is written down for good.
const SETTLED_MS: i64 = 3_000;
/// So long a demo is recorded before it is looked into.
const RECORDED_MS: i64 = 8_000;

fn moment(value: &Value) -> UnixMillis {
    value.as_str().and_then(UnixMillis::parse).unwrap()
}

/// Records until orders were filled and some seconds are on the disk; the session as it is listed.
async fn recorded(service: &Service) -> Value {
    let has_some = |page: &Value| page["data"][0]["decisions"].as_u64() > Some(0);
    let listed = service.until("/api/v1/sessions", SOON, has_some).await;
    let filled = format!("{}/decisions?kind=filled", below(&listed["data"][0]));
    service.until(&filled, SOON, |page| page["data"][0].is_object()).await;
    let is_long = |page: &Value| {
        let session = &page["data"][0];
        moment(&session["to"]).since(moment(&session["from"])).0 > RECORDED_MS + SETTLED_MS
    };
    let listed = service.until("/api/v1/sessions", SOON, is_long).await;
    let [session] = listed["data"].as_array().unwrap().as_slice() else { panic!("{listed:#}") };
    session.clone()
}

fn below(session: &Value) -> String {
    format!("/api/v1/sessions/{}", session["id"].as_str().unwrap())
}

async fn ok(service: &Service, path: &str) -> Value {
    let (status, view) = service.get(path).await;
    assert_eq!(status, 200, "{path}: {view:#}");
    view
}

/// The folder of the only session, once nobody writes to it any more.
fn stopped(service: &mut Service) -> PathBuf {
    service.terminate();
    let archive = Archive::new(&service.folder().join("sessions"));
    let [session] = archive.sessions().unwrap().try_into().unwrap();
    session.folder
}

#[actix_rt::test]
async fn the_timeline_and_the_decisions_that_are_told_are_those_of_the_files() {
    let mut service = Service::start(33);
    let session = recorded(&service).await;
    for (key, expected) in [
        ("state", json!("recording")),
        ("mode", json!("demo")),
        ("version", json!(env!("CARGO_PKG_VERSION"))),
        ("why_unreadable", Value::Null),
        ("why_not_comparable", Value::Null),
    ] {
        assert_eq!(session[key], expected, "{key}: {session:#}");
    }
    let (from, newest) = (moment(&session["from"]), moment(&session["to"]));
    let to = UnixMillis(newest.0 - SETTLED_MS);
    let base = below(&session);
    let span = format!("from={}&to={}", from.to_rfc3339(), to.to_rfc3339());
    let timeline = ok(&service, &format!("{base}/timeline?{span}")).await;
    let coarse = ok(&service, &format!("{base}/timeline?{span}&buckets=2")).await;
    // The seconds that are counted, whole.
    let whole = (moment(&timeline["from"]), moment(&timeline["to"]));
    let rows = all_rows(&service, &base, whole).await;

    let folder = stopped(&mut service);
    assert!(folder.ends_with(session["id"].as_str().unwrap()), "{folder:?}");
    let shelf = Shelf::default();
    let past = Past::open(&folder, &shelf).unwrap();
    let held = past.timeline(from, to, 600);
    let buckets: Vec<_> = held.buckets.iter().map(|counts| counts.to_vec()).collect();
    assert_eq!(timeline["buckets"], json!(buckets), "{timeline:#}");
    assert_eq!((whole.0, whole.1, held.bucket_ms), (held.from, held.to, 1_000));
    assert_eq!(coarse["buckets"].as_array().map(Vec::len), Some(2), "{coarse:#}");
    assert_eq!(sums(&coarse), sums(&timeline), "the same in fewer buckets");
    assert!(sums(&timeline)[0] > 100, "a demo is busy: {timeline:#}");

    let filter = Filter { from: Some(whole.0), to: Some(whole.1), ..Filter::default() };
    let held = past.decisions(&filter, 100_000).rows;
    assert_eq!(rows, held.iter().map(told).collect::<Vec<_>>(), "each once, in order");
    let decisions: u64 = sums(&timeline)[1..].iter().sum();
    assert_eq!(decisions, rows.len() as u64, "as many as the timeline counts");
}

/// What happened how often in all, frames first.
fn sums(timeline: &Value) -> Vec<u64> {
    let mut sums = vec![0; timeline["counted"].as_array().unwrap().len()];
    for bucket in timeline["buckets"].as_array().unwrap() {
        let counts = bucket.as_array().unwrap().iter();
        sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count.as_u64().unwrap());
    }
    sums
}

/// A decision's line as it is told, but for the names it hangs together by.
fn told(row: &Row) -> Value {
    let places: Vec<_> = row.places.iter().map(ToString::to_string).collect();
    json!({
        "record": row.record, "at": row.at.to_rfc3339(), "who": row.who, "kind": row.kind.code(),
        "text": row.text, "places": places,
    })
}

fn without_names(row: &Value) -> Value {
    let mut row = row.clone();
    row.as_object_mut().unwrap().remove("names").unwrap();
    row
}

async fn all_rows(service: &Service, base: &str, span: (UnixMillis, UnixMillis)) -> Vec<Value> {
    let (from, to) = (span.0.to_rfc3339(), span.1.to_rfc3339());
    let (mut rows, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("{base}/decisions?order=asc&limit=40&from={from}&to={to}{cursor}");
        let page = ok(service, &path).await;
        rows.extend(page["data"].as_array().unwrap().iter().map(without_names));
        let Some(next) = page["next_cursor"].as_str() else { return rows };
        cursor = format!("&cursor={next}");
    }
}

#[actix_rt::test]
async fn a_moment_and_a_decision_are_told_with_the_books_feeds_and_causes_of_the_files() {
    let mut service = Service::start(34);
    let session = recorded(&service).await;
    let base = below(&session);
    let to = UnixMillis(moment(&session["to"]).0 - SETTLED_MS).to_rfc3339();
    let newest = |kind: &str| format!("{base}/decisions?kind={kind}&to={to}&limit=1");
    let opened = ok(&service, &newest("opened")).await["data"][0].clone();
    let place = opened["places"][0].as_str().unwrap().to_owned();
    let at = opened["at"].as_str().unwrap().to_owned();
    let then = ok(&service, &format!("{base}/moment?at={at}&place={place}")).await;
    let filled = ok(&service, &newest("filled")).await["data"][0].clone();
    let decision = ok(&service, &format!("{base}/decisions/{}", filled["record"])).await;
    let before = ok(&service, &format!("{base}/moment?at=2020-01-01T00:00:00Z")).await;
    assert_eq!(before["at"], session["from"], "what is outside is the nearest there is");

    let folder = stopped(&mut service);
    let shelf = Shelf::default();
    let past = Past::open(&folder, &shelf).unwrap();
    let held = past.moment(moment(&opened["at"]), Some(&place_of(&place))).unwrap();
    assert_eq!((&then["at"], &then["record"]), (&opened["at"], &json!(held.record)), "{then:#}");
    assert_ladders(&then, &held.ladders);
    assert!(held.ladders.iter().any(|ladder| ladder.book.is_some()), "{then:#}");

    let record = filled["record"].as_u64().unwrap();
    let held = past.decision(record).unwrap();
    assert_eq!(without_names(&decision["decision"]), told(&held.row));
    assert_eq!(held.row.kind, RowKind::Filled);
    let causes = decision["causes"].as_array().unwrap().iter();
    let causes: Vec<_> = causes.map(|link| without_names(&link["decision"])).collect();
    assert_eq!(causes, held.causes.iter().map(|link| told(&link.row)).collect::<Vec<_>>());
    assert!(causes.iter().any(|cause| cause["kind"] == "raised"), "{decision:#}");
    let moment = &decision["moment"];
    assert_eq!(moment["record"], json!(record), "{decision:#}");
    assert_ladders(moment, &held.moment.ladders);
    let feeds = moment["feeds"].as_array().unwrap().iter();
    let feeds: Vec<_> = feeds.map(|feed| (feed["feed"].clone(), feed["at"].clone())).collect();
    let held_feeds = held.moment.feeds.iter().map(|(of, at)| (json!(of), json!(at.to_rfc3339())));
    assert_eq!(feeds, held_feeds.collect::<Vec<_>>(), "{decision:#}");
    let standing = held.moment.standing.unwrap();
    assert_eq!(moment["standing"]["at"], json!(standing.at.to_rfc3339()), "{decision:#}");
    assert_eq!(moment["standing"]["equity_usd"], json!(standing.equity.to_string()));
}

/// The books that are told are those of the files, level by level.
fn assert_ladders(moment: &Value, held: &[LadderThen]) {
    let told = moment["ladders"].as_array().unwrap();
    assert_eq!(told.len(), held.len(), "{moment:#}");
    for (told, held) in told.iter().zip(held) {
        assert_eq!(told["token_id"], json!(held.token.to_string()));
        for (name, side) in [("bids", domain::Side::Buy), ("asks", domain::Side::Sell)] {
            let level = |level: &Value| (level["price"].clone(), level["size_shares"].clone());
            let levels: Vec<_> = told[name].as_array().unwrap().iter().map(level).collect();
            let held = held.book.iter().flat_map(|book| book.side(side)).take(levels.len().max(40));
            let held = held.map(|it| (json!(it.price.to_string()), json!(it.size.to_string())));
            assert_eq!(levels, held.collect::<Vec<_>>(), "{name} of {told:#}");
        }
    }
}

#[actix_rt::test]
async fn what_is_no_session_and_what_makes_no_sense_is_refused_and_the_reason_is_said() {
    let service = Service::start(35);
    let has_some = |page: &Value| page["data"][0]["decisions"].as_u64() > Some(1);
    let listed = service.until("/api/v1/sessions", SOON, has_some).await;
    let id = listed["data"][0]["id"].as_str().unwrap();
    let refused = async |path: &str, status: u16, code: &str| {
        let (was, problem) = service.get(&format!("/api/v1/sessions/{path}")).await;
        assert_eq!((was, &problem["code"]), (status, &json!(code)), "{path}: {problem:#}");
        let says = |key: &str| problem[key].as_str().is_some_and(|text| !text.is_empty());
        assert!(says("title") && says("detail"), "{path}: {problem:#}");
    };
    let outside = [
        "001790000000-demo",
        "..",
        "%2e%2e",
        "..%2fsessions%2fX",
        "%2fetc%2fpasswd",
        "X%00",
        "X%2f..%2fX",
        "xX",
    ];
    for name in outside {
        for part in ["timeline", "decisions", "decisions/1", "moment?at=2026-01-01T00:00:00Z"] {
            refused(&format!("{}/{part}", name.replace('X', id)), 404, "not_found").await;
        }
    }
    for record in ["0", "18446744073709551615", "18446744073709551616", "-1", "one", ".."] {
        refused(&format!("{id}/decisions/{record}"), 404, "not_found").await;
    }
    // The first record says how the program is set up, and is no decision.
    refused(&format!("{id}/decisions/1"), 404, "not_found").await;
    for query in [
        "timeline?buckets=0",
        "timeline?buckets=2001",
        "timeline?buckets=many",
        "timeline?from=yesterday",
        "timeline?bucket=1",
        "decisions?limit=0",
        "decisions?limit=501",
        "decisions?who=..%2f",
        "decisions?kind=guessed",
        "decisions?order=sideways",
        "decisions?cursor=x",
        "decisions?place=",
        "decisions?place=%20",
        "moment",
        "moment?at=",
        "moment?at=1790000000",
        "moment?at=2026-01-01T00:00:00Z&place=%00",
    ] {
        refused(&format!("{id}/{query}"), 400, "bad_parameter").await;
    }
    let newest_first = ok(&service, &format!("/api/v1/sessions/{id}/decisions?limit=1")).await;
    let next = newest_first["next_cursor"].as_str().unwrap();
    let other_way = format!("{id}/decisions?limit=1&order=asc&cursor={next}");
    refused(&other_way, 422, "other_cursor").await;
    refused(&format!("{id}/timeline?from=2026-01-02&to=2026-01-01"), 422, "bad_span").await;
    assert_eq!(service.post_as_admin(&format!("/api/v1/sessions/{id}/timeline")).await, 405);
}
