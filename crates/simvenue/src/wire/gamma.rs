//! Gamma's market, event and tag objects, keys in the venue's order.

use domain::{Price, UnixMillis};

use super::{dollars, list, micros, quoted};
use crate::matching::Outcome;
use crate::universe::{Event, Listing, Tag, Universe, Version};
use crate::world::Quote;

/// Whether a market object carries its event and tags.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Parts {
    pub(crate) event: bool,
    pub(crate) tags: bool,
}

fn date(moment: UnixMillis) -> String {
    moment.to_rfc3339().chars().take(10).collect()
}

fn seconds(moment: UnixMillis) -> String {
    let text = moment.to_rfc3339();
    format!("{}Z", text.get(..19).unwrap_or(&text))
}

/// Members of one JSON object, in the order they are added.
#[derive(Default)]
struct Members(String);

impl Members {
    fn raw(&mut self, key: &str, value: &str) {
        self.0.push(if self.0.is_empty() { '{' } else { ',' });
        self.0.push_str(&format!("\"{key}\":{value}"));
    }
    fn text(&mut self, key: &str, value: &str) {
        self.raw(key, &quoted(value));
    }
    fn flag(&mut self, key: &str, value: bool) {
        self.raw(key, if value { "true" } else { "false" });
    }
    fn done(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

/// JSON inside a string, with a blank after each comma.
fn nested(items: &[String]) -> String {
    quoted(&list(items).replace("\",\"", "\", \""))
}

pub(crate) fn market(
    universe: &Universe,
    listing: &Listing,
    quote: &Quote,
    parts: Parts,
) -> String {
    let mut out = Members::default();
    texts(&mut out, listing);
    state(&mut out, listing, quote);
    trading(&mut out, listing, quote);
    ids(&mut out, universe, listing);
    quotes(&mut out, quote);
    fees(&mut out, listing);
    if let (true, Some(event)) = (parts.event, universe.event_of(listing)) {
        out.raw("events", &format!("[{}]", event_object(universe, event, None)));
    }
    if parts.tags {
        let event = universe.event_of(listing);
        out.raw("tags", &event.map_or_else(|| "[]".to_owned(), |event| tags(universe, event)));
    }
    out.text("version", listing.version.text());
    out.done()
}

fn texts(out: &mut Members, listing: &Listing) {
    out.text("id", &listing.id.to_string());
    out.text("question", &listing.question);
    // Gamma writes a condition of the second protocol with 31 bytes.
    let digits = if listing.version == Version::V2 { 64 } else { 66 };
    out.text("conditionId", listing.condition.get(..digits).unwrap_or(&listing.condition));
    out.text("slug", &listing.slug);
    out.text("resolutionSource", "");
    out.text("endDate", &seconds(listing.end));
    out.text("startDate", &listing.start.to_rfc3339());
    out.text("image", "");
    out.text("icon", "");
    out.text("description", "A question of the simulated venue.");
    out.raw("outcomes", &nested(&listing.outcomes));
}

fn state(out: &mut Members, listing: &Listing, quote: &Quote) {
    out.raw("outcomePrices", &nested(&quote.outcome_prices()));
    let volume = dollars(quote.volume);
    out.text("volume", &volume);
    out.text("liquidity", &dollars(quote.liquidity));
    out.flag("active", true);
    out.flag("closed", quote.winner.is_some());
    if let (Some(_), true) = (quote.winner, listing.version == Version::V1) {
        let closed = quote.stamp.to_rfc3339().replace('T', " ");
        out.text("closedTime", &format!("{}+00", closed.get(..19).unwrap_or(&closed)));
        out.text("umaResolutionStatus", "resolved");
    }
    if listing.version == Version::V2 {
        let status = if quote.winner.is_some() { "resolved" } else { "active" };
        out.text("resolutionStatus", status);
    }
    out.text("marketMakerAddress", "");
    out.text("createdAt", &listing.start.to_rfc3339());
    out.text("updatedAt", &quote.stamp.to_rfc3339());
    out.flag("new", false);
    out.flag("featured", false);
    out.flag("archived", false);
    out.flag("restricted", true);
    out.text("groupItemTitle", &listing.group_item);
    out.text("questionID", &listing.question_id);
    out.flag("enableOrderBook", true);
    out.raw("volumeNum", &volume);
    out.raw("liquidityNum", &dollars(quote.liquidity));
    out.raw("volume24hr", &volume);
    out.text("endDateIso", &date(listing.end));
    out.text("startDateIso", &date(listing.start));
    out.flag("hasReviewedDates", true);
}

fn trading(out: &mut Members, listing: &Listing, quote: &Quote) {
    out.raw("orderPriceMinTickSize", &quote.tick.to_string());
    out.raw("orderMinSize", &listing.order_size_min.to_string());
    match listing.version {
        Version::V1 => out.raw("clobTokenIds", &nested(&listing.tokens)),
        Version::V2 => {
            out.raw("clobTokenIds", "null");
            out.raw("positionIds", &list(&listing.tokens));
        }
    }
    out.raw("makerBaseFee", "1000");
    out.raw("takerBaseFee", "1000");
    out.flag("acceptingOrders", quote.winner.is_none());
    out.text("acceptingOrdersTimestamp", &seconds(listing.start));
}

fn ids(out: &mut Members, universe: &Universe, listing: &Listing) {
    let neg_risk = universe.event_of(listing).and_then(|event| event.neg_risk.as_deref());
    out.flag("negRisk", neg_risk.is_some());
    if let Some(id) = neg_risk {
        out.text("negRiskMarketID", id);
        out.text("negRiskRequestID", &listing.question_id);
    }
    out.flag("negRiskOther", listing.other);
    out.flag("ready", false);
    out.flag("funded", false);
    out.flag("cyom", false);
    out.flag("approved", true);
    out.raw("rewardsMinSize", "50");
    out.raw("rewardsMaxSpread", "4.5");
}

fn quotes(out: &mut Members, quote: &Quote) {
    if let (Some(bid), Some(ask)) = (quote.touch.bid, quote.touch.ask) {
        let spread = ask.ten_thousandths().saturating_sub(bid.ten_thousandths());
        out.raw("spread", &domain::decimal::format_scaled(i64::from(spread), 4));
    }
    out.raw("lastTradePrice", &quote.last_trade.unwrap_or(Price::ZERO).to_string());
    out.raw("bestBid", &quote.touch.bid.unwrap_or(Price::ZERO).to_string());
    out.raw("bestAsk", &quote.touch.ask.unwrap_or(Price::ONE).to_string());
    out.flag("automaticallyActive", true);
    out.flag("clearBookOnStart", false);
    out.flag("manualActivation", false);
    out.text("umaResolutionStatuses", "[]");
    out.flag("pendingDeployment", false);
    out.flag("deploying", false);
    out.flag("rfqEnabled", false);
    out.flag("holdingRewardsEnabled", false);
}

fn fees(out: &mut Members, listing: &Listing) {
    out.flag("feesEnabled", listing.fee.rate_ppm > 0);
    match &listing.fee.family {
        Some(family) => out.text("feeType", family),
        None => out.raw("feeType", "null"),
    }
    if listing.fee.rate_ppm > 0 {
        out.raw(
            "feeSchedule",
            &format!(
                "{{\"exponent\":1,\"rate\":{},\"takerOnly\":true,\"rebateRate\":{}}}",
                micros(i64::from(listing.fee.rate_ppm)),
                micros(i64::from(listing.fee.rebate_percent) * 10_000)
            ),
        );
    }
    if let Some(kind) = listing.sports_type {
        out.text("sportsMarketType", kind);
    }
    if let Some(asset) = listing.crypto_asset {
        out.text("cryptoMarketConfigId", &format!("{asset}-15m-twap-60"));
        out.raw(
            "cryptoMarketConfig",
            &format!(
                "{{\"id\":\"{asset}-15m-twap-60\",\"asset\":\"{asset}\",\"duration\":\"15m\",\
                 \"twapEnabled\":true,\"twapLookbackSeconds\":60}}"
            ),
        );
    }
}

/// An event, with its markets where they are given.
pub(crate) fn event_object(
    universe: &Universe,
    event: &Event,
    markets: Option<&[String]>,
) -> String {
    let mut out = Members::default();
    out.text("id", &event.id.to_string());
    out.text("ticker", &event.slug);
    out.text("slug", &event.slug);
    out.text("title", &event.title);
    out.text("description", "A question of the simulated venue.");
    out.text("endDate", &seconds(event.end));
    out.flag("active", true);
    out.flag("closed", false);
    out.flag("archived", false);
    out.flag("restricted", true);
    out.flag("enableOrderBook", true);
    if let Some(id) = &event.neg_risk {
        out.flag("negRisk", true);
        out.text("negRiskMarketID", id);
    }
    if let Some(markets) = markets {
        out.raw("markets", &format!("[{}]", markets.join(",")));
        out.raw("tags", &tags(universe, event));
    }
    out.flag("cyom", false);
    out.flag("enableNegRisk", event.neg_risk.is_some());
    out.flag("negRiskAugmented", event.augmented);
    out.done()
}

fn tags(universe: &Universe, event: &Event) -> String {
    let objects: Vec<String> =
        event.tags.iter().filter_map(|at| universe.tags.get(*at)).map(tag).collect();
    format!("[{}]", objects.join(","))
}

pub(crate) fn tag(tag: &Tag) -> String {
    let mut out = Members::default();
    out.text("id", &tag.id);
    out.text("label", &tag.label);
    out.text("slug", &tag.slug);
    out.text("createdAt", "2024-11-13T19:58:34.318816Z");
    out.text("updatedAt", "2026-03-09T22:21:41.828275Z");
    out.flag("requiresTranslation", false);
    out.done()
}

impl Quote {
    /// Both prices as Gamma caches them: the middle, or the payout where the market is resolved.
    fn outcome_prices(&self) -> [String; 2] {
        let yes = match self.winner {
            Some(Outcome::Yes) => Price::ONE,
            Some(Outcome::No) => Price::ZERO,
            None => self.middle(),
        };
        [yes.to_string(), yes.complement().to_string()]
    }
}
