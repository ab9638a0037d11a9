//! Frames that no honest venue sends.

use domain::UnixMillis;

use crate::fault::Malformed;
use crate::matching::Outcome;
use crate::universe::Listing;

/// Ten megabytes and a little.
const OVERSIZED_BYTES: usize = 10 * 1024 * 1024;

/// A bad frame about `listing`.
pub(crate) fn frame(kind: Malformed, listing: &Listing, stamp: UnixMillis) -> String {
    let token = listing.token(Outcome::Yes);
    let change = |price: &str, size: &str| {
        format!(
            "{{\"market\":\"{}\", \"price_changes\":[{{\"asset_id\":\"{token}\", \
             \"price\":{price}, \"size\":{size}, \"side\":\"BUY\", \"hash\":\"\", \
             \"best_bid\":\"0.5\", \"best_ask\":\"0.51\"}}], \"timestamp\":\"{}\", \
             \"event_type\":\"price_change\"}}",
            listing.condition, stamp.0
        )
    };
    match kind {
        Malformed::NotJson => "{\"market\":\"0x12, \"price_changes\":[".to_owned(),
        Malformed::NanPrice => change("NaN", "\"10\""),
        Malformed::NegativeSize => change("\"0.5\"", "\"-10\""),
        Malformed::PriceAboveOne => change("\"1.7\"", "\"10\""),
        Malformed::Oversized => {
            let level = "{\"price\":\"0.01\",\"size\":\"10\"},";
            let levels = level.repeat(OVERSIZED_BYTES / level.len() + 1);
            format!(
                "{{\"market\":\"{}\",\"asset_id\":\"{token}\",\"timestamp\":\"{}\",\"hash\":\"\",\
                 \"bids\":[{}],\"asks\":[],\"event_type\":\"book\"}}",
                listing.condition,
                stamp.0,
                levels.trim_end_matches(',')
            )
        }
    }
}
