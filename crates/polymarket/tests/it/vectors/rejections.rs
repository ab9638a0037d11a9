//! What must not be signed.

use polymarket::signing::OrderRejection as Rejection;

use super::drafts::{Case, Refused};
use super::{OWNER, each, text};

/// Whether `refused` is about what the vector says is wrong.
fn is_about(why: &str, refused: &Refused) -> bool {
    let about_price = matches!(
        refused,
        Refused::Price(_)
            | Refused::Order(Rejection::PriceOffGrid { .. } | Rejection::PriceOutOfBand { .. })
    );
    let about_size = matches!(
        refused,
        Refused::Number(_)
            | Refused::Order(Rejection::SizeNotPositive { .. } | Rejection::AmountZero { .. })
    );
    match why {
        "postOnly with FOK" | "postOnly with FAK" | "postOnly market order" => {
            matches!(refused, Refused::Order(Rejection::PostOnlyImmediate))
        }
        "GTD without an expiration" => {
            matches!(refused, Refused::Order(Rejection::ExpiryTooSoon { .. }))
        }
        "unsupported chain" => matches!(refused, Refused::Chain),
        _ if why.contains("salt") => matches!(refused, Refused::Salt(_)),
        _ if why.contains("with an expiration") => matches!(refused, Refused::Unsayable(_)),
        _ if why.contains("funder") => matches!(refused, Refused::Account(_)),
        _ if why.contains("tokenId") => matches!(refused, Refused::Token(_)),
        _ if why.contains("price") || why.contains("tick") => about_price,
        _ => about_size,
    }
}

/// Where the official clients give no guidance, ours refuses as well: no wallet is guessed, no
/// order ends at a moment left out, no salt loses digits on its way.
#[test]
fn what_should_not_be_signed_is_refused_for_the_right_reason_before_it_is() {
    each("order_rejections.json", 76, |id, vector| {
        let outcome = Case::read(&vector["in"]).and_then(|case| case.sign(OWNER));
        let why = text(&vector["why"]);
        if vector["recommended"] == "accept" {
            assert!(outcome.is_ok(), "{id}: {}", outcome.unwrap_err());
            return;
        }
        let Err(refused) = outcome else { panic!("{id}: signed although {why}") };
        assert!(is_about(why, &refused), "{id}: {why}, but {refused}");
    });
}
