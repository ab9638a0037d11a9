//! The Data API's envelope and its resolution rows.

use domain::UnixMillis;

use super::quoted;
use crate::matching::Outcome;
use crate::universe::Listing;

/// Rows with their cursor.
pub(crate) fn envelope(rows: &[String], limit: usize, next_cursor: Option<&str>) -> String {
    let next = next_cursor.map_or_else(|| "null".to_owned(), quoted);
    format!(
        "{{\"data\":[{}],\"pagination\":{{\"limit\":{limit},\"offset\":0,\"has_more\":{},\
         \"next_cursor\":{next}}}}}",
        rows.join(","),
        next_cursor.is_some()
    )
}

/// A settled position of a wallet, one of many that are alike: a hundred shares at 40 to 60 cents.
pub(crate) fn position(user: &str, number: u64, is_won: bool, first_s: i64) -> String {
    let drawn = crate::rng::mix(number ^ 0x9A57);
    let (cents, condition) = (40 + drawn % 21, format!("0x{drawn:016x}{:048x}", number));
    let (status, profit) = match is_won {
        true => ("CLOSED", i64::try_from(100 - cents).unwrap_or(0)),
        false => ("REDEEMABLE_LOST", -i64::try_from(cents).unwrap_or(0)),
    };
    format!(
        "{{\"proxy_wallet\":{},\"condition_id\":\"{condition}\",\"current_size\":0,\
         \"avg_price\":0.{cents},\"entry_cost_usdc\":{cents},\"entry_fees_usdc\":0,\
         \"total_cost_usdc\":{cents},\"realized_pnl\":{profit},\"unrealized_pnl\":0,\
         \"total_pnl\":{profit},\"status\":\"{status}\",\"first_entry_at\":{}}}",
        quoted(user),
        first_s + i64::try_from(number).unwrap_or(0) * 3_600,
    )
}

/// How a market ended.
pub(crate) fn resolution(listing: &Listing, winner: Outcome, at: UnixMillis) -> String {
    let moment = at.to_rfc3339();
    let moment = format!("{}Z", moment.get(..19).unwrap_or(&moment));
    let [yes, no] = match winner {
        Outcome::Yes => [1_000_000, 0],
        Outcome::No => [0, 1_000_000],
    };
    format!(
        "{{\"condition_id\":\"{}\",\"status\":\"resolved\",\"extended_review\":false,\
         \"was_disputed\":false,\"new_version_q\":false,\"transaction_hash\":\"{}\",\
         \"log_index\":\"993\",\"last_update_timestamp\":\"{moment}\",\"payouts\":[{yes},{no}],\
         \"resolution_source\":\"reported\",\"resolved_block\":95024068,\
         \"resolved_at\":\"{moment}\"}}",
        listing.condition, listing.question_id
    )
}

/// An error of the Data API.
pub(crate) fn error(text: &str, code: &str, parameter: &str) -> String {
    format!(
        "{{\"error\":{},\"code\":\"{code}\",\"retryable\":false,\"trace_id\":\"simulated\",\
         \"parameter\":\"{parameter}\"}}",
        quoted(text)
    )
}
