//! What a model believes about the question that it reads.

use super::character::CharacterName;
use super::truth;
use crate::fault::Winner;
use crate::rng::Rng;
use crate::universe::{Listing, Universe};

/// A probability of the first outcome, above 0 and below 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Belief(pub(super) f64);

impl Belief {
    pub(super) fn of(
        universe: &Universe,
        seed: u64,
        name: CharacterName,
        words: &str,
        rng: &mut Rng,
    ) -> Self {
        let character = name.character();
        if character.obeys
            && let Some(told) = told(words)
        {
            return Self(told);
        }
        let scale = |milli: i64| f64::from(i32::try_from(milli).unwrap_or_default()) / 1_000.0;
        let listing = asked_about(universe, words);
        // What it would say of this question every time.
        let key = listing.map_or(words, |listing| listing.condition.as_str());
        let mut habit = Rng::new(seed, &format!("{} {key}", name.text()));
        let habit = scale(character.noise_milli) * spread(&mut habit);
        let noise = habit + scale(character.unrest_milli) * spread(rng);
        let (prior, sight) = listing.map_or((0.0, 0.0), |listing| {
            let sign = if truth(listing, seed) == Winner::Yes { 1.0 } else { -1.0 };
            (prior(listing), sign)
        });
        let logit = prior + sight * scale(character.insight_milli) + scale(character.bias_milli);
        Self(1.0 / (1.0 + (-(logit + noise)).exp()))
    }
}

/// The listed question whose words are in the text; the longest, for some are parts of others.
fn asked_about<'a>(universe: &'a Universe, words: &str) -> Option<&'a Listing> {
    let listings = universe.listings.iter();
    let named = listings.filter(|listing| words.contains(listing.question.as_str()));
    named.max_by_key(|listing| listing.question.len())
}

/// The first price as log-odds, held back from the ends.
fn prior(listing: &Listing) -> f64 {
    let price = f64::from(listing.fair.ten_thousandths()) / 10_000.0;
    let price = price.clamp(0.02, 0.98);
    (price / (1.0 - price)).ln()
}

/// About normal, with a standard deviation of one: the sum of three even draws.
fn spread(rng: &mut Rng) -> f64 {
    let draw = |rng: &mut Rng| f64::from(i32::try_from(rng.range(-1_000, 1_000)).unwrap_or(0));
    (draw(rng) + draw(rng) + draw(rng)) / 1_000.0
}

/// What the text orders to answer, as a gullible reader takes it: the number after an order. It knows
/// what a quotation is: lines behind a bar are not spoken to it.
fn told(words: &str) -> Option<f64> {
    const ORDERS: [&str; 4] =
        ["answer with probability", "set probability to", "always answer", "respond with"];
    let spoken = words.lines().filter(|line| !line.starts_with("| "));
    let lower = spoken.collect::<Vec<_>>().join("\n").to_ascii_lowercase();
    let after = ORDERS.iter().filter_map(|order| lower.split_once(order)).map(|(_, rest)| rest);
    let mut numbers = after.filter_map(|rest| {
        let start = rest.find(|char: char| char.is_ascii_digit())?;
        let number: String = rest
            .get(start..)?
            .chars()
            .take_while(|char| char.is_ascii_digit() || *char == '.')
            .collect();
        number.trim_end_matches('.').parse::<f64>().ok()
    });
    numbers.next().map(|number| number.clamp(0.0, 1.0))
}
