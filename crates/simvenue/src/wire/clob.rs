//! The CLOB's market records.

use super::{micros, quoted};
use crate::matching::Outcome;
use crate::universe::{Listing, Universe};
use crate::world::Quote;

/// `/clob-markets/{condition}`: the compact record.
pub(crate) fn compact(universe: &Universe, listing: &Listing, quote: &Quote) -> String {
    let token = |outcome| {
        format!(
            "{{\"t\":\"{}\",\"o\":{}}}",
            listing.token(outcome),
            quoted(listing.outcome_name(outcome))
        )
    };
    let mut out = format!(
        "{{\"r\":{{\"mi\":50,\"ma\":4.5,\"moas\":30}},\"t\":[{},{}],\"c\":\"{}\",\"mos\":{},\
         \"mts\":{},\"mbf\":1000,\"tbf\":1000",
        token(Outcome::Yes),
        token(Outcome::No),
        listing.condition,
        listing.order_size_min,
        quote.tick
    );
    if universe.is_neg_risk(listing) {
        out.push_str(",\"nr\":true");
    }
    if quote.winner.is_none() {
        out.push_str(",\"ao\":true");
    }
    let since = listing.start.to_rfc3339();
    out.push_str(&format!(",\"aot\":\"{}Z\"", since.get(..19).unwrap_or(&since)));
    if listing.delays_takers() {
        out.push_str(",\"itode\":true");
    }
    if listing.seconds_delay() > 0 {
        out.push_str(&format!(",\"sd\":{}", listing.seconds_delay()));
    }
    if listing.fee.rate_ppm > 0 {
        let rate = micros(i64::from(listing.fee.rate_ppm));
        out.push_str(&format!(",\"fd\":{{\"r\":{rate},\"e\":1,\"to\":true}}"));
    }
    out.push_str(&format!(",\"v\":\"{}\"}}", listing.version.text()));
    out
}

/// `/markets-by-token/{token}`: the market and both its tokens.
pub(crate) fn of_token(listing: &Listing) -> String {
    format!(
        "{{\"condition_id\":\"{}\",\"primary_token_id\":\"{}\",\"secondary_token_id\":\"{}\"}}",
        listing.condition,
        listing.token(Outcome::Yes),
        listing.token(Outcome::No)
    )
}

/// `/markets/{condition}`: the full legacy record.
pub(crate) fn full(universe: &Universe, listing: &Listing, quote: &Quote) -> String {
    let event = universe.event_of(listing);
    let labels: Vec<String> = event
        .into_iter()
        .flat_map(|event| &event.tags)
        .filter_map(|at| universe.tags.get(*at))
        .map(|tag| quoted(&tag.label))
        .collect();
    let token = |outcome: Outcome| {
        format!(
            "{{\"token_id\":\"{}\",\"outcome\":{},\"price\":{},\"winner\":{}}}",
            listing.token(outcome),
            quoted(listing.outcome_name(outcome)),
            outcome.mirror(quote.middle()),
            quote.winner == Some(outcome)
        )
    };
    let neg_risk = event.and_then(|event| event.neg_risk.as_deref());
    let since = listing.start.to_rfc3339();
    let end = listing.end.to_rfc3339();
    let open = quote.winner.is_none();
    format!(
        "{{\"enable_order_book\":{open},\"active\":true,\"closed\":{closed},\"archived\":false,\
         \"accepting_orders\":{open},\"accepting_order_timestamp\":\"{since}Z\",\
         \"minimum_order_size\":{size},\"minimum_tick_size\":{tick},\"condition_id\":\"{condition}\",\
         \"question_id\":\"{question_id}\",\"question\":{question},\
         \"description\":\"A question of the simulated venue.\",\"market_slug\":{slug},\
         \"end_date_iso\":\"{end}Z\",\"game_start_time\":null,\"seconds_delay\":{delay},\"fpmm\":\"\",\
         \"maker_base_fee\":1000,\"taker_base_fee\":1000,\"notifications_enabled\":true,\
         \"neg_risk\":{nr},\"neg_risk_market_id\":\"{nr_id}\",\"neg_risk_request_id\":\"{nr_request}\",\
         \"icon\":\"\",\"image\":\"\",\
         \"rewards\":{{\"rates\":null,\"min_size\":50,\"max_spread\":4.5}},\
         \"is_50_50_outcome\":false,\"tokens\":[{yes},{no}],\"tags\":[{tags}]}}",
        closed = !open,
        delay = listing.seconds_delay(),
        since = since.get(..19).unwrap_or(&since),
        size = listing.order_size_min,
        tick = quote.tick,
        condition = listing.condition,
        question_id = listing.question_id,
        question = quoted(&listing.question),
        slug = quoted(&listing.slug),
        end = end.get(..19).unwrap_or(&end),
        nr = neg_risk.is_some(),
        nr_id = neg_risk.unwrap_or_default(),
        nr_request = if neg_risk.is_some() { listing.question_id.as_str() } else { "" },
        yes = token(Outcome::Yes),
        no = token(Outcome::No),
        tags = labels.join(","),
    )
}
