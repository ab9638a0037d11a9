//! A large universe from a file of Gamma market objects.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use domain::decimal::{Excess, parse_scaled};
use domain::{DurationMillis, Price, Shares, TickSize, UnixMillis};
use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::Number;

use super::{Event, Fee, Listing, Source, Universe, Version, ids};
use crate::error::SimError;
use crate::rng::Rng;

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Object {
    question: String,
    slug: String,
    outcomes: String,
    outcome_prices: Option<String>,
    clob_token_ids: Option<String>,
    #[serde(default)]
    group_item_title: String,
    end_date: Option<String>,
    order_price_min_tick_size: Option<Number>,
    order_min_size: Option<Number>,
    #[serde(rename = "volume24hr")]
    volume_24h: Option<Number>,
    fee_type: Option<String>,
    #[serde(default)]
    fees_enabled: Option<bool>,
    #[serde(default)]
    neg_risk: Option<bool>,
    #[serde(default)]
    neg_risk_other: Option<bool>,
    sports_market_type: Option<String>,
    #[serde(default)]
    events: Vec<Parent>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parent {
    id: String,
    slug: String,
    title: String,
    #[serde(default)]
    neg_risk_augmented: Option<bool>,
}

pub(super) fn fill(
    universe: &mut Universe,
    path: &Path,
    markets: usize,
    seed: u64,
    now: UnixMillis,
) -> Result<(), SimError> {
    let shown = path.display().to_string();
    let file =
        File::open(path).map_err(|source| SimError::Catalogue { path: shown.clone(), source })?;
    let mut objects: Vec<Object> = Vec::new();
    for line in BufReader::new(GzDecoder::new(file)).lines() {
        let line = line.map_err(|source| SimError::Catalogue { path: shown.clone(), source })?;
        // What has no two outcomes or no book is listed by the venue but of no use here.
        match serde_json::from_str::<Object>(&line) {
            Ok(object) if object.clob_token_ids.is_some() && names(&object).is_some() => {
                objects.push(object);
            }
            _ => {}
        }
        if universe.listings.len() + objects.len() >= markets {
            break;
        }
    }
    if objects.is_empty() {
        return Err(SimError::EmptyCatalogue(shown));
    }
    let mut rng = Rng::new(seed, "catalogue");
    let mut round = 0;
    while universe.listings.len() < markets {
        let room = markets - universe.listings.len();
        add_round(universe, objects.iter().take(room), round, &mut rng, now);
        round += 1;
    }
    Ok(())
}

fn add_round<'a>(
    universe: &mut Universe,
    objects: impl Iterator<Item = &'a Object>,
    round: usize,
    rng: &mut Rng,
    now: UnixMillis,
) {
    let mut events: HashMap<&str, usize> = HashMap::new();
    for object in objects {
        let Some(parent) = object.events.first() else { continue };
        let event = match events.get(parent.id.as_str()) {
            Some(event) => *event,
            None => {
                let event = add_event(universe, object, parent, round, rng, now);
                events.insert(&parent.id, event);
                event
            }
        };
        if let Some(listing) = listing(universe, object, event, round, rng, now) {
            universe.add_listing(listing);
        }
    }
}

fn again(slug: &str, round: usize) -> String {
    if round == 0 { slug.to_owned() } else { format!("{slug}-r{round}") }
}

fn add_event(
    universe: &mut Universe,
    object: &Object,
    parent: &Parent,
    round: usize,
    rng: &mut Rng,
    now: UnixMillis,
) -> usize {
    let family = object.fee_type.as_deref().unwrap_or_default();
    let label = if family.starts_with("crypto") || object.slug.contains("bitcoin") {
        "Crypto"
    } else if family.starts_with("sports") || object.sports_market_type.is_some() {
        "Sports"
    } else {
        "Other"
    };
    let tags = vec![universe.tag(label)];
    universe.add_event(Event {
        id: 930_001 + universe.events.len() as u64,
        slug: again(&parent.slug, round),
        title: parent.title.clone(),
        tags,
        neg_risk: object.neg_risk.unwrap_or(false).then(|| ids::hex32(&ids::group(rng))),
        augmented: parent.neg_risk_augmented.unwrap_or(false),
        markets: Vec::new(),
        end: end(object, now),
        edition: None,
    })
}

/// A question that was due before now is due in a month: the venue lists open ones.
fn end(object: &Object, now: UnixMillis) -> UnixMillis {
    let month = now.plus(DurationMillis(30 * 86_400_000));
    let stated = object.end_date.as_deref().and_then(UnixMillis::parse);
    stated.filter(|end| *end > now).unwrap_or(month)
}

fn names(object: &Object) -> Option<[String; 2]> {
    serde_json::from_str(&object.outcomes).ok()
}

fn fair(object: &Object) -> Option<Price> {
    let prices: [String; 2] = serde_json::from_str(object.outcome_prices.as_deref()?).ok()?;
    let [yes, _] = prices;
    Price::parse_display(&yes).ok()
}

fn listing(
    universe: &Universe,
    object: &Object,
    event: usize,
    round: usize,
    rng: &mut Rng,
    now: UnixMillis,
) -> Option<Listing> {
    let tick = object.order_price_min_tick_size.as_ref().map(Number::to_string);
    let size = object.order_min_size.as_ref().map(Number::to_string);
    let volume = object.volume_24h.as_ref().map(Number::to_string).unwrap_or_default();
    let family = object.fee_type.clone();
    let rate_ppm = match family.as_deref() {
        _ if object.fees_enabled != Some(true) => 0,
        Some(name) if name.starts_with("crypto") => 70_000,
        _ => 50_000,
    };
    let group = universe.events.get(event)?;
    let question_id = match &group.neg_risk {
        Some(market_id) => ids::question(market_id, group.markets.len())?,
        None => ids::hex32(&ids::bytes(rng)),
    };
    Some(Listing {
        id: 5_400_001 + universe.listings.len() as u64,
        condition: ids::hex32(&ids::bytes(rng)),
        question_id,
        slug: again(&object.slug, round),
        question: object.question.clone(),
        group_item: object.group_item_title.clone(),
        outcomes: names(object)?,
        tokens: [ids::token(rng), ids::token(rng)],
        version: Version::V1,
        tick: tick.and_then(|text| TickSize::parse(&text).ok()).unwrap_or(TickSize::Hundredth),
        order_size_min: size
            .and_then(|text| Shares::parse(&text).ok())
            .unwrap_or(Shares::from_whole(5)),
        fee: Fee { rate_ppm, rebate_percent: 25, family },
        start: UnixMillis(now.0 - 30 * 86_400_000),
        end: end(object, now),
        event,
        other: object.neg_risk_other.unwrap_or(false),
        sports_type: object.sports_market_type.is_some().then_some("moneyline"),
        crypto_asset: None,
        fair: fair(object)?,
        volume_24h_usd: parse_scaled(&volume, 0, Excess::Cut).unwrap_or(0),
        source: Source::Still,
    })
}
