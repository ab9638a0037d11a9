//! The small world that a seed makes.

use domain::{DurationMillis, Price, Shares, TickSize, UnixMillis};

use super::topics::{
    BINARIES, BinaryTopic, Family, GROUPS, GroupTopic, NEWCOMERS, SECOND_PROTOCOL,
};
use super::{Edition, Event, Fee, Listing, MarketIndex, Source, Topic, Universe, Version, ids};
use crate::rng::Rng;

const DAY_MS: i64 = 86_400_000;

pub(super) fn fill(universe: &mut Universe, seed: u64, now: UnixMillis) {
    let mut rng = Rng::new(seed, "universe");
    let topics = (0..GROUPS.len()).map(Topic::Group);
    for topic in topics.chain((0..BINARIES.len()).map(Topic::Question)) {
        add(universe, Edition { topic, number: 1 }, &mut rng, now);
    }
    add_binary(universe, &SECOND_PROTOCOL, Version::V2, &mut rng, now);
}

/// Lists an event on one of the topics; nothing where there is no such topic.
pub(super) fn add(
    universe: &mut Universe,
    edition: Edition,
    rng: &mut Rng,
    now: UnixMillis,
) -> Vec<MarketIndex> {
    let event = universe.events.len();
    let added = match edition.topic {
        Topic::Group(at) => GROUPS.get(at).map(|topic| add_group(universe, topic, rng, now)),
        Topic::Question(at) => {
            let topic = BINARIES.get(at);
            topic.map(|topic| vec![add_binary(universe, topic, Version::V1, rng, now)])
        }
    };
    let added = added.unwrap_or_default();
    let Some(event) = universe.events.get_mut(event) else { return added };
    event.edition = Some(edition);
    if edition.number > 1 {
        let round = format!(" (round {})", edition.number);
        event.title.push_str(&round);
        event.slug = ids::slug(&event.title);
        for market in &added {
            if let Some(listing) = universe.listings.get_mut(*market) {
                listing.question.push_str(&round);
                listing.slug = ids::slug(&listing.question);
            }
        }
    }
    added
}

pub(super) fn newcomer(
    universe: &mut Universe,
    number: usize,
    seed: u64,
    now: UnixMillis,
) -> Option<MarketIndex> {
    let mut rng = Rng::new(seed.wrapping_add(number as u64), "newcomer");
    let topic = NEWCOMERS.get(number)?;
    Some(add_binary(universe, topic, Version::V1, &mut rng, now))
}

fn due(now: UnixMillis, days: i64) -> UnixMillis {
    let midnight = now.0 - now.0.rem_euclid(DAY_MS);
    UnixMillis(midnight).plus(DurationMillis(days * DAY_MS))
}

fn fee(family: Family) -> Fee {
    Fee {
        rate_ppm: family.rate_ppm(),
        rebate_percent: family.rebate_percent(),
        family: family.fee_type().map(str::to_owned),
    }
}

fn add_group(
    universe: &mut Universe,
    topic: &GroupTopic,
    rng: &mut Rng,
    now: UnixMillis,
) -> Vec<MarketIndex> {
    let market_id = ids::hex32(&ids::group(rng));
    let tag = universe.tag(topic.family.tag());
    let event = universe.add_event(Event {
        id: 930_001 + universe.events.len() as u64,
        slug: ids::slug(topic.title),
        title: topic.title.to_owned(),
        tags: vec![tag],
        neg_risk: Some(market_id.clone()),
        augmented: topic.augmented,
        markets: Vec::new(),
        end: due(now, topic.days),
        edition: None,
    });
    let weights: u32 = topic.outcomes.iter().map(|(_, weight)| weight).sum();
    let mut left: u32 = 10_000;
    let mut added = Vec::new();
    for (at, (name, weight)) in topic.outcomes.iter().enumerate() {
        let last = at + 1 == topic.outcomes.len();
        let share = if last { left } else { weight * 10_000 / weights };
        left -= share;
        let mut listing = blank(topic.family, topic.tick, due(now, topic.days), event, rng, now);
        listing.id += universe.listings.len() as u64;
        listing.question = topic.question.replace("{}", name);
        listing.slug = ids::slug(&listing.question);
        if let Some(question_id) = ids::question(&market_id, at) {
            listing.question_id = question_id;
        }
        listing.group_item = (*name).to_owned();
        listing.other = topic.augmented && *name == "Other";
        listing.fair = price(share);
        added.push(universe.add_listing(listing));
    }
    added
}

fn add_binary(
    universe: &mut Universe,
    topic: &BinaryTopic,
    version: Version,
    rng: &mut Rng,
    now: UnixMillis,
) -> MarketIndex {
    let tag = universe.tag(topic.family.tag());
    let event = universe.add_event(Event {
        id: 930_001 + universe.events.len() as u64,
        slug: ids::slug(topic.question),
        title: topic.question.to_owned(),
        tags: vec![tag],
        neg_risk: None,
        augmented: false,
        markets: Vec::new(),
        end: due(now, topic.days),
        edition: None,
    });
    let mut listing = blank(topic.family, topic.tick, due(now, topic.days), event, rng, now);
    listing.id += universe.listings.len() as u64;
    topic.question.clone_into(&mut listing.question);
    listing.slug = ids::slug(topic.question);
    listing.fair = price(u32::from(topic.fair) * 100);
    if let Some((home, away)) = topic.question.split_once(" vs. ") {
        listing.outcomes = match away.split_once(':') {
            None => [home.to_owned(), away.to_owned()],
            Some(_) => ["Over".to_owned(), "Under".to_owned()],
        };
    }
    if version == Version::V2 {
        let (condition, tokens) = ids::second_protocol(rng);
        listing.version = version;
        listing.condition = condition;
        listing.tokens = tokens;
    }
    universe.add_listing(listing)
}

fn price(ten_thousandths: u32) -> Price {
    u16::try_from(ten_thousandths).ok().and_then(Price::from_ten_thousandths).unwrap_or(Price::ONE)
}

fn blank(
    family: Family,
    tick: u16,
    end: UnixMillis,
    event: usize,
    rng: &mut Rng,
    now: UnixMillis,
) -> Listing {
    Listing {
        id: 5_400_001,
        condition: ids::hex32(&ids::bytes(rng)),
        question_id: ids::hex32(&ids::bytes(rng)),
        slug: String::new(),
        question: String::new(),
        group_item: String::new(),
        outcomes: ["Yes".to_owned(), "No".to_owned()],
        tokens: [ids::token(rng), ids::token(rng)],
        version: Version::V1,
        tick: TickSize::from_ten_thousandths(tick).unwrap_or(TickSize::Hundredth),
        order_size_min: Shares::from_whole(5),
        fee: fee(family),
        start: UnixMillis(now.0 - rng.range(3, 60) * DAY_MS),
        end,
        event,
        other: false,
        sports_type: (family == Family::Sports).then_some("moneyline"),
        crypto_asset: (family == Family::Crypto).then_some("btc"),
        fair: Price::ZERO,
        volume_24h_usd: rng.range(4_000, 250_000),
        source: Source::Crowd,
    }
}
