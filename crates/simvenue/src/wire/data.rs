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
