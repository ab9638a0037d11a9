//! One look at a venue over REST.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use dutchbook::cli::{CheckArgs, Output};
use dutchbook::commands::check::check;
use dutchbook::settings::Settings;
use serde_json::{Value, json};

use super::{adds_up, made, opportunities, printed, reason};

/// Answers every request until the test ends, and hands over what was asked.
fn venue(
    answer: impl Fn(&str) -> Option<String> + Send + 'static,
) -> (SocketAddr, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (asked, requests) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let request = read_request(&mut stream);
            let (status, body) = match answer(&request) {
                Some(body) => ("200 OK", body),
                None => ("404 Not Found", "{}".to_owned()),
            };
            let length = body.len();
            let head = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n");
            let _ = write!(stream, "{head}Connection: close\r\n\r\n{body}");
            if asked.send(request).is_err() {
                return;
            }
        }
    });
    (address, requests)
}

fn read_request(stream: &mut TcpStream) -> String {
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let (mut bytes, mut byte) = (Vec::new(), [0]);
    while !bytes.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
        bytes.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&bytes).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    let _ = stream.read_exact(&mut body);
    bytes.append(&mut body);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The event of [`made::event_with`] and books whose YES asks are `ask` each.
fn answers(
    fields: Value,
    ask: &'static str,
    info: Option<Value>,
) -> impl Fn(&str) -> Option<String> {
    move |request| {
        let path = request.split_whitespace().nth(1).unwrap_or_default();
        if path.starts_with("/events/keyset") {
            return Some(format!("{{\"events\":[{}]}}", made::event_with(fields.clone())));
        }
        if path.starts_with("/books") {
            let books = (1..=3).flat_map(|market| {
                let [yes, no] = made::tokens(market);
                let yes = made::book_of(market, &yes, 0, ("0.20", "100"), (ask, "100"));
                [yes, made::book_of(market, &no, 0, ("0.60", "100"), ("0.80", "100"))]
            });
            return Some(format!("[{}]", books.collect::<Vec<_>>().join(",")));
        }
        path.starts_with("/clob-markets/").then(|| info.as_ref().map(Value::to_string)).flatten()
    }
}

fn settings(address: SocketAddr) -> Settings {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let base = format!("http://{address}");
    super::settings(&[("venue.gamma_url", &base), ("venue.clob_url", &base)])
}

fn report(address: SocketAddr) -> Value {
    let json = printed(&settings(address), None, Output::Json);
    let report: Value = serde_json::from_str(&json).unwrap();
    adds_up(&report);
    report
}

#[test]
fn the_venue_is_asked_once_and_a_group_below_one_dollar_is_found() {
    let (address, requests) = venue(answers(json!({"feesEnabled": false}), "0.30", None));
    let report = report(address);
    let [found] = opportunities(&report) else { panic!("{report:#}") };
    assert_eq!((&found["kind"], &found["gross"]), (&"neg_risk_long".into(), &"10".into()));
    assert_eq!((&report["looks"], &report["read"]["books"]), (&4.into(), &6.into()));
    assert_eq!(requests.try_iter().count(), 2, "one page, one answer with all books");
}

#[test]
fn fees_that_no_list_states_are_asked_for_only_where_prices_contradict_each_other() {
    let info = json!({"mos": 5, "mts": 0.01, "fd": {"r": 0.07, "e": 1}});
    let (address, requests) = venue(answers(json!({}), "0.30", Some(info.clone())));
    let report = self::report(address);
    let [found] = opportunities(&report) else { panic!("{report:#}") };
    // 3 legs x 100 x 0.07 x 0.3 x 0.7
    assert_eq!((&found["fees"], &found["gross"]), (&"4.41".into(), &"10".into()));
    let asked = requests.try_iter().filter(|request| request.contains("/clob-markets/")).count();
    assert_eq!(asked, 3);

    let (address, requests) = venue(answers(json!({}), "0.40", Some(info)));
    let report = self::report(address);
    assert_eq!((opportunities(&report).len(), reason(&report, "no_edge")), (0, 4), "{report:#}");
    assert!(!requests.try_iter().any(|request| request.contains("/clob-markets/")));
}

#[test]
fn no_fee_no_opportunity() {
    let (address, _requests) = venue(answers(json!({}), "0.30", None));
    let report = report(address);
    assert!(opportunities(&report).is_empty(), "{report:#}");
    assert_eq!(report["read"]["markets_without_fee"], 3);
    assert!(reason(&report, "fee_unknown") >= 1, "{report:#}");
}

#[test]
fn a_venue_that_cannot_be_reached_is_a_failure_that_says_what_to_do() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let args = CheckArgs { output: Output::Table, recording: None };
    let error = check(&settings(closed), &args, &mut Vec::new()).unwrap_err();
    let text = format!("{error:#}");
    assert!(text.contains("dutchbook doctor") && text.contains("cannot connect"), "{text}");
}
