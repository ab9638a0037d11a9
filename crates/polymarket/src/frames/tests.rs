//! Proofs on samples, on recordings and on generated frames.

mod generated;
mod recorded;

use domain::{Event, Price, PriceError, StatedBest, TickSize, TokenId, TokenIndex};

use super::*;

const YES: &str = "56108879726720646120583724001239294777304794469144970684362785767667828318889";
const NO: &str = "107011546575057755426871645700605806081353395825571114128343592072429146374928";

fn table() -> TokenTable {
    TokenTable::new(&[TokenId::parse(YES).unwrap(), TokenId::parse(NO).unwrap()]).unwrap()
}

fn parse(text: &str) -> Result<ParsedFrame, FrameError> {
    let mut out = ParsedFrame::new();
    parse_frame(text.as_bytes(), &table(), &mut out).map(|()| out)
}

fn refused(text: &str) -> (FrameError, Vec<TokenIndex>) {
    let mut out = ParsedFrame::new();
    let error = parse_frame(text.as_bytes(), &table(), &mut out).unwrap_err();
    assert_eq!(out.frame(), &domain::Frame::default(), "an error leaves no event");
    (error, out.named().to_vec())
}

fn change(price: &str, size: &str, side: &str, best: &str) -> String {
    format!(
        "{{\"market\":\"0x9c53\", \"price_changes\":[{{\"asset_id\":\"{YES}\", \"price\":{price}, \
         \"size\":{size}, \"side\":{side}, \"hash\":\"c4396b1a72e3cd28a7a40e57eb55eeeedb9c0118\", \
         \"best_bid\":{best}, \"best_ask\":\"0.46\"}}], \"timestamp\":\"1781254838837\", \
         \"event_type\":\"price_change\"}}"
    )
}

#[test]
fn a_change_is_read_by_the_scanner_to_the_last_digit() {
    let parsed = parse(&change("\"0.45\"", "\"57284.150001\"", "\"BUY\"", "\"0\"")).unwrap();
    assert!(!parsed.fell_back());
    let [change] = parsed.frame().changes.as_slice() else { panic!("one change") };
    assert_eq!(change.token, TokenIndex(0));
    assert_eq!(change.price.ten_thousandths(), 4_500);
    assert_eq!(change.size.micros(), 57_284_150_001);
    assert_eq!(change.best_bid, StatedBest::Empty);
    assert_eq!(change.best_ask, StatedBest::At(Price::from_cents(46).unwrap()));
    assert_eq!(change.hash.unwrap().to_string(), "c4396b1a72e3cd28a7a40e57eb55eeeedb9c0118");
}

#[test]
fn bad_numbers_are_typed_errors_that_name_the_books_to_distrust() {
    let ok = ("\"0.45\"", "\"1\"", "\"BUY\"", "\"0.44\"");
    assert!(parse(&change(ok.0, ok.1, ok.2, ok.3)).is_ok());
    let price = FrameError::BadPrice;
    let decimal = |error| price(PriceError::Decimal(error));
    for (frame, want) in [
        (change("\"1.01\"", ok.1, ok.2, ok.3), price(PriceError::OutOfRange)),
        (change("\"1\"", ok.1, ok.2, ok.3), price(PriceError::OutOfRange)),
        (change("\"0\"", ok.1, ok.2, ok.3), price(PriceError::OutOfRange)),
        (change("\"-0.5\"", ok.1, ok.2, ok.3), price(PriceError::OutOfRange)),
        (change("\"NaN\"", ok.1, ok.2, ok.3), decimal(DecimalError::NotANumber)),
        (change("\"0.00001\"", ok.1, ok.2, ok.3), decimal(DecimalError::TooPrecise)),
        (change("\"\"", ok.1, ok.2, ok.3), decimal(DecimalError::Empty)),
        (change("null", ok.1, ok.2, ok.3), FrameError::Missing { field: "price" }),
        (change("[]", ok.1, ok.2, ok.3), FrameError::WrongType { field: "price" }),
        (change(ok.0, "\"-1\"", ok.2, ok.3), FrameError::BadSize(DecimalError::Negative)),
        (change(ok.0, "\"NaN\"", ok.2, ok.3), FrameError::BadSize(DecimalError::NotANumber)),
        (change(ok.0, "\"0.0000001\"", ok.2, ok.3), FrameError::BadSize(DecimalError::TooPrecise)),
        (change(ok.0, "\"1e30\"", ok.2, ok.3), FrameError::BadSize(DecimalError::TooLarge)),
        (change(ok.0, "true", ok.2, ok.3), FrameError::WrongType { field: "size" }),
        (change(ok.0, ok.1, "\"HOLD\"", ok.3), FrameError::WrongType { field: "side" }),
        (change(ok.0, ok.1, ok.2, "\"x\""), decimal(DecimalError::NotANumber)),
    ] {
        assert_eq!(refused(&frame), (want, vec![TokenIndex(0)]), "{frame}");
    }
}

#[test]
fn numbers_without_quotes_are_taken_by_their_text() {
    let parsed = parse(&change("0.45", "10.181817", "\"SELL\"", "0.44")).unwrap();
    assert!(parsed.fell_back());
    assert_eq!(parsed.frame().changes[0].size.micros(), 10_181_817);
}

#[test]
fn what_is_not_a_frame_is_refused_without_a_panic() {
    for text in ["", "PONG", "{", "[", "[{]", "{\"market\":\"", "{}{}", "\u{1F980}"] {
        assert_eq!(refused(text).0, FrameError::NotJson, "{text:?}");
    }
    for text in ["1", "\"OK\"", "null", "[1]", "[[]]", "{\"event_type\":[]}"] {
        assert!(matches!(refused(text).0, FrameError::WrongType { .. }), "{text:?}");
    }
    let huge = vec![b'['; FRAME_BYTES_MAX + 1];
    let mut out = ParsedFrame::new();
    let error = parse_frame(&huge, &table(), &mut out).unwrap_err();
    assert_eq!(error, FrameError::TooLarge { bytes: FRAME_BYTES_MAX + 1 });
    let deep = "[".repeat(100_000);
    assert!(parse(&deep).is_err());
}

#[test]
fn one_bad_event_of_an_array_refuses_the_frame_and_names_every_book_in_it() {
    let good = change("\"0.45\"", "\"1\"", "\"BUY\"", "\"0.44\"");
    let bad = change("\"2\"", "\"1\"", "\"BUY\"", "\"0.44\"").replace(YES, NO);
    let (error, named) = refused(&format!("[{good},{bad}]"));
    assert_eq!(error, FrameError::BadPrice(PriceError::OutOfRange));
    assert_eq!(named, [TokenIndex(0), TokenIndex(1)]);
}

#[test]
fn unknown_events_members_and_tokens_are_counted_and_break_nothing() {
    let parsed =
        parse("{\"event_type\":\"moon_phase\",\"asset_id\":5,\"x\":{\"y\":[]}}\n").unwrap();
    assert_eq!((parsed.unknown_events(), parsed.frame().events.len()), (1, 0));
    let good = change("\"0.45\"", "\"1\"", "\"BUY\"", "\"0.44\"");
    let stranger = good.replace(YES, "77");
    let parsed = parse(&format!("[{stranger}, {good}]")).unwrap();
    assert_eq!((parsed.unknown_tokens(), parsed.frame().events.len()), (1, 1));
    assert!(!parsed.fell_back());
    let extra = good.replace("\"market\"", "\"new\":null,\"market\"");
    let parsed = parse(&extra).unwrap();
    assert!(parsed.fell_back());
    assert_eq!(parsed.frame().changes.len(), 1);
    assert_eq!(parse("[]").unwrap().frame().events.len(), 0);
}

#[test]
fn a_tick_size_change_with_an_unknown_step_is_still_a_change() {
    let text = |step: &str| {
        format!(
            "{{\"event_type\":\"tick_size_change\",\"asset_id\":\"{NO}\",\
             \"new_tick_size\":\"{step}\",\"timestamp\":\"5\"}}"
        )
    };
    for (step, want) in [("0.001", Some(TickSize::Thousandth)), ("0.02", None)] {
        let parsed = parse(&text(step)).unwrap();
        let [Event::TickSizeChange { token: TokenIndex(1), tick, .. }] =
            parsed.frame().events.as_slice()
        else {
            panic!("one event")
        };
        assert_eq!(*tick, want);
    }
}

#[test]
fn escaped_texts_are_understood() {
    let good = change("\"0.45\"", "\"1\"", "\"BUY\"", "\"0.44\"");
    let escaped = good.replace("\"BUY\"", "\"\\u0042UY\"");
    assert_eq!(parse(&escaped).unwrap().frame(), parse(&good).unwrap().frame());
}
