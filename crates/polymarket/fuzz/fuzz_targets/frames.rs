//! Whatever the bytes: no panic, and the scanner agrees with the tolerant parser.
#![no_main]

use std::sync::LazyLock;

use domain::TokenId;
use libfuzzer_sys::fuzz_target;
use polymarket::frames::{ParsedFrame, TokenTable, parse_frame, parse_tolerantly};

static TABLE: LazyLock<TokenTable> = LazyLock::new(|| {
    let ids = [
        "56108879726720646120583724001239294777304794469144970684362785767667828318889",
        "107011546575057755426871645700605806081353395825571114128343592072429146374928",
        "7",
    ];
    let ids = ids.map(|id| TokenId::parse(id).expect("a token id"));
    TokenTable::new(&ids).expect("three different tokens")
});

fuzz_target!(|bytes: &[u8]| {
    let (mut fast, mut slow) = (ParsedFrame::new(), ParsedFrame::new());
    let outcome = parse_frame(bytes, &TABLE, &mut fast);
    assert_eq!(outcome, parse_tolerantly(bytes, &TABLE, &mut slow));
    assert_eq!(fast.frame(), slow.frame());
    assert_eq!(fast.named(), slow.named());
    assert_eq!(fast.unknown_tokens(), slow.unknown_tokens());
    assert_eq!(fast.unknown_events(), slow.unknown_events());
});
