//! The venue in pure time: no sockets, no sleeping.

use domain::{Book, Rounding, Shares};
use sha1::{Digest, Sha1};

use super::*;
use crate::universe::Event;
use crate::wire;

const BEGAN: UnixMillis = UnixMillis(1_795_000_000_000);

fn world(seed: u64) -> World {
    World::new(Universe::seeded(seed, BEGAN), seed, CrowdOptions::default(), BEGAN)
}

fn live(world: &mut World, until_ms: i64) -> Vec<Emission> {
    let from = world.simulated().0;
    let mut frames = Vec::new();
    for at in (from + STEP_MS..=until_ms).step_by(50) {
        frames.extend(world.advance(UnixMillis(BEGAN.0 + at), DurationMillis(at)));
    }
    frames
}

/// The same for one group and one way to trade it; nothing where a leg has no counterpart.
fn set(world: &World, event: &Event, side: domain::Side) -> (i64, Shares, i64) {
    let (mut fees, mut size, mut sum) = (0, Shares::MAX, 0);
    for market in &event.markets {
        let sides = world.sides(*market, Outcome::Yes);
        let levels = if side == domain::Side::Buy { &sides.asks } else { &sides.bids };
        let Some(level) = levels.last() else { return (i64::MIN, Shares::ZERO, 1_000_000) };
        let terms = world.universe().listings[*market].fee.terms();
        fees += terms.fee(Shares::from_whole(1), level.price, Rounding::Up).micros();
        size = size.min(level.size);
        sum += i64::from(level.price.ten_thousandths()) * 100;
    }
    let gain = if side == domain::Side::Buy { 1_000_000 - sum } else { sum - 1_000_000 };
    (gain - fees, size, sum)
}

/// What one set of all YES earns after fees, bought or sold at the touch, in millionths; with the
/// shares there are. Only groups whose sum proves something.
fn sets(world: &World) -> Vec<(i64, Shares, i64)> {
    let universe = world.universe();
    let mut found = Vec::new();
    for event in universe.events.iter().filter(|it| it.neg_risk.is_some() && !it.augmented) {
        found.extend([domain::Side::Buy, domain::Side::Sell].map(|side| set(world, event, side)));
    }
    found
}

fn paying(world: &World) -> usize {
    sets(world).iter().filter(|(net, size, _)| *net >= 3_000 && size.micros() >= 20_000_000).count()
}

#[test]
fn every_seed_shows_a_paying_group_within_five_seconds_and_goes_on_doing_so() {
    for seed in 1..=6 {
        let mut world = world(seed);
        let first = (1..=100).find(|step| {
            live(&mut world, step * STEP_MS);
            paying(&world) > 0
        });
        assert!(first.is_some(), "seed {seed}: nothing in five seconds");
        let (mut with, mut most) = (0, 0);
        for second in 6..=15 {
            live(&mut world, second * 1_000);
            let now = paying(&world);
            with += usize::from(now > 0);
            most = most.max(now);
            let cheapest = sets(&world).iter().step_by(2).map(|(_, _, sum)| *sum).min();
            assert!(cheapest.is_some_and(|sum| sum > 920_000), "seed {seed}: {cheapest:?}");
        }
        assert!(with >= 8, "seed {seed}: only {with} of 10 seconds had one");
        assert!(most <= 8, "seed {seed}: {most} at a time is not plausible");
    }
}

#[test]
fn no_binary_market_ever_offers_both_outcomes_below_one_dollar() {
    let mut world = world(3);
    for second in 1..=30 {
        live(&mut world, second * 1_000);
        for (market, listing) in world.universe().listings.iter().enumerate() {
            if !matches!(listing.source, Source::Crowd) {
                continue;
            }
            let yes = world.touch(market, Outcome::Yes);
            let no = world.touch(market, Outcome::No);
            let sum = |a: Option<Price>, b: Option<Price>| {
                Some(a?.ten_thousandths() + b?.ten_thousandths())
            };
            assert!(sum(yes.ask, no.ask).is_none_or(|it| it > 10_000), "{}", listing.slug);
            assert!(sum(yes.bid, no.bid).is_none_or(|it| it < 10_000), "{}", listing.slug);
            assert!(!yes.is_crossed_or_locked(), "{}", listing.slug);
        }
    }
}

#[test]
fn the_same_seed_tells_the_same_story_and_another_seed_another() {
    let digest = |seed| {
        let mut hasher = Sha1::new();
        for frame in live(&mut world(seed), 10_000) {
            hasher.update(frame.text.as_bytes());
        }
        hex::encode(hasher.finalize())
    };
    assert_eq!(digest(7), digest(7));
    assert_ne!(digest(7), digest(8));
}

#[test]
fn money_and_shares_are_conserved_while_the_crowd_trades() {
    let mut world = world(5);
    live(&mut world, 20_000);
    let mut trades = 0;
    for market in 0..world.universe().listings.len() {
        let Some(engine) = world.crowd.engine(market) else { continue };
        let ledger = engine.ledger();
        assert_eq!(ledger.money_total(), Usd::ZERO);
        for outcome in Outcome::BOTH {
            assert_eq!(ledger.shares_total(outcome), ledger.sets());
        }
        trades += usize::from(ledger.sets().is_positive());
    }
    assert!(trades > 30, "only {trades} markets traded");
}

/// Applies frames as a client does, and compares each stated hash with the book so made.
#[test]
fn a_client_that_applies_every_delta_reproduces_every_hash() {
    let mut world = world(11);
    let listing = world.universe().listings[0].clone();
    let token = listing.tokens[0].as_str();
    let mut book = Book::new();
    let first = world.sides(0, Outcome::Yes).into_owned();
    book.replace(first.bids, first.asks);
    let mut last_trade = None;
    let (mut deltas, mut snapshots) = (0, 0);
    for frame in live(&mut world, 20_000) {
        if matches!(frame.audience, Audience::Activity(_)) {
            continue;
        }
        let json: serde_json::Value = serde_json::from_str(&frame.text).unwrap();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let level = |value: &serde_json::Value| domain::Level {
            price: Price::parse(&text(&value["price"])).unwrap(),
            size: Shares::parse(&text(&value["size"])).unwrap(),
        };
        let stated = match frame.audience {
            Audience::Market(0) => {
                let change = &json["price_changes"][0];
                assert_eq!(text(&change["asset_id"]), token);
                let buys = change["side"] == "BUY";
                let side = if buys { domain::Side::Buy } else { domain::Side::Sell };
                book.set(side, level(change).price, level(change).size);
                let best = |price: Option<Price>| price.unwrap().to_string();
                assert_eq!(text(&change["best_bid"]), best(book.touch().bid));
                assert_eq!(text(&change["best_ask"]), best(book.touch().ask));
                deltas += 1;
                &change["hash"]
            }
            Audience::Token(0, Outcome::Yes) if json["event_type"] == "book" => {
                let levels = |side: &str| -> Vec<domain::Level> {
                    json[side].as_array().unwrap().iter().map(level).collect()
                };
                book.replace(levels("bids"), levels("asks"));
                last_trade = Price::parse(&text(&json["last_trade_price"])).ok();
                snapshots += 1;
                &json["hash"]
            }
            _ => continue,
        };
        let sides = board::sides_of(&book, Outcome::Yes, 0);
        let facts = wire::book::BookFacts {
            condition: &listing.condition,
            token,
            stamp: UnixMillis(text(&json["timestamp"]).parse().unwrap()),
            sides: &sides,
            order_size_min: listing.order_size_min,
            tick: listing.tick,
            neg_risk: true,
            last_trade,
            version: listing.version,
        };
        assert_eq!(text(stated), wire::book::hash(&facts));
    }
    assert!(deltas > 10 && snapshots > 0, "{deltas} deltas, {snapshots} snapshots");
}

#[test]
fn a_replayed_market_states_both_tokens_for_the_same_millisecond() {
    let mut world = world(1);
    let frames = live(&mut world, 5_000);
    let market = world.board.recorded[0];
    let stamps = |outcome| -> Vec<String> {
        let of = |frame: &&Emission| frame.audience == Audience::Token(market, outcome);
        let parsed = frames.iter().filter(of);
        parsed
            .map(|it| serde_json::from_str::<serde_json::Value>(&it.text).unwrap())
            .filter(|it| it["event_type"] == "book")
            .map(|it| it["timestamp"].to_string())
            .collect()
    };
    assert!(stamps(Outcome::Yes).len() >= 2);
    assert_eq!(stamps(Outcome::Yes), stamps(Outcome::No));
}

#[test]
fn an_injected_mispricing_shows_on_the_wire_and_ends() {
    let mut world = world(1);
    live(&mut world, 1_000);
    let market = world.find(None, World::is_open_binary).unwrap();
    let frames = world.forge_parity(market, ParityDirection::Cheap, 300, 2_000);
    assert_eq!(frames.len(), 2, "both books are told");
    let sum = |world: &World| {
        let ask = |it| world.touch(market, it).ask.unwrap().ten_thousandths();
        ask(Outcome::Yes) + ask(Outcome::No)
    };
    assert!(sum(&world) <= 9_700, "{}", sum(&world));
    live(&mut world, 4_000);
    assert!(sum(&world) > 10_000, "it ended");
}

#[test]
fn prices_of_the_last_trade_have_three_decimals_as_in_the_books_of_the_venue() {
    let price = |text| wire::last_trade(Some(Price::parse(text).unwrap()));
    assert_eq!(price("0.54"), "0.540");
    assert_eq!(price("0.0415"), "0.0415");
    assert_eq!(wire::last_trade(None), "");
}

#[test]
fn groups_and_questions_end_and_others_take_their_place_for_hours() {
    let turn = DurationMillis::from_seconds(45);
    let universe = Universe::seeded(7, BEGAN);
    let (events, listings) = (universe.events.len(), universe.listings.len());
    let crowd = CrowdOptions { activity_percent: 0, dislocations_max: 0 };
    let mut world = World::new(universe, 7, crowd, BEGAN).turning_over(Some(turn));
    let mut custody = crate::custody::Custody::default();
    let turns = 200;
    for number in 1..=turns {
        let at = DurationMillis(number * turn.0);
        assert!(world.turn_over().is_none(), "not before its time");
        world.advance(UnixMillis(BEGAN.0 + at.0), DurationMillis(at.0 - STEP_MS));
        world.steps = at.0 / STEP_MS;
        let frames = world.turn_over().unwrap();
        custody.follow(&world);
        let count = |kind: &str| frames.iter().filter(|it| it.text.contains(kind)).count();
        assert!(count("\"market_resolved\"") >= 3, "a group and a question end");
        assert_eq!(count("\"market_resolved\""), count("\"new_market\""), "and come again");
    }
    let universe = world.universe();
    assert_eq!(universe.events.len(), events + 2 * turns as usize);
    let open = (0..universe.listings.len()).filter(|market| world.is_open(*market)).count();
    assert_eq!(open, listings, "there is always as much to trade");
    for event in universe.events.iter().filter(|event| event.neg_risk.is_some()) {
        let won = |market: &&MarketIndex| world.winner(**market) == Some(Outcome::Yes);
        let winners = event.markets.iter().filter(won).count();
        let is_over = !world.is_open(event.markets[0]);
        assert_eq!(winners, usize::from(is_over), "{}: exactly one pays", event.title);
    }
    let mut slugs: Vec<&str> = universe.listings.iter().map(|it| it.slug.as_str()).collect();
    slugs.sort_unstable();
    slugs.dedup();
    assert_eq!(slugs.len(), universe.listings.len(), "each has a name of its own");
    assert_eq!(custody.conditions_count(), universe.listings.len());
    assert!(world.crowd.engines().count() <= listings + 150, "old books are dropped");
}

#[test]
fn a_new_edition_of_a_group_falls_out_of_line_like_the_first() {
    let turn = DurationMillis::from_seconds(2);
    let universe = Universe::seeded(3, BEGAN);
    let first = universe.events.len();
    let world = World::new(universe, 3, CrowdOptions::default(), BEGAN);
    let mut world = world.turning_over(Some(turn));
    let mut paid = 0;
    for at in (STEP_MS..=180_000).step_by(50) {
        world.advance(UnixMillis(BEGAN.0 + at), DurationMillis(at));
        world.turn_over();
        let newer = world.universe().events.iter().skip(first);
        let open = newer.filter(|it| it.neg_risk.is_some() && world.is_open(it.markets[0]));
        let pays = |event: &&Event| {
            [domain::Side::Buy, domain::Side::Sell]
                .iter()
                .any(|side| set(&world, event, *side).0 > 0)
        };
        paid += open.filter(|event| !event.augmented).filter(pays).count();
    }
    assert!(paid > 0, "nothing to trade in what came later");
}
