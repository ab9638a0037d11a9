//! Simulated language models, with a skill, habits and failings of their own.
//!
//! Every question has a hidden truth, drawn from the seed with the odds of its first price. A model
//! sees it through its own noise and bias, and answers the same question about the same, whoever
//! asks. Which market a question is about is found by its words, as a reader would.

mod belief;
mod character;
mod speech;

use std::collections::BTreeMap;

use crate::fault::Winner;
use crate::rng::Rng;
use crate::universe::{Listing, Universe};

pub(crate) use character::CharacterName;
pub(crate) use speech::Said;

use belief::Belief;

/// The counts of what each model was asked; the models are few.
#[derive(Debug, Default)]
pub(crate) struct Models {
    asked: BTreeMap<&'static str, u64>,
}

/// How a request is answered.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reaction {
    /// With 429, to be tried again after so many seconds.
    Throttle { retry_after_s: u32 },
    /// With 500.
    Break,
    /// With 400: the model takes no such form.
    RefuseForm,
    /// With a refusal of the model itself.
    Decline,
    /// With a text.
    Say(Said),
}

/// A reaction, and how long it takes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Timed {
    pub(crate) delay_ms: u64,
    pub(crate) reaction: Reaction,
}

/// In which form an answer is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WantedForm {
    /// By a schema.
    Schema,
    /// Any object, or any text.
    Loose,
}

impl Models {
    /// What `name` does about those words.
    pub(crate) fn react(
        &mut self,
        universe: &Universe,
        seed: u64,
        name: CharacterName,
        words: &str,
        form: WantedForm,
    ) -> Timed {
        let count = self.asked.entry(name.text()).or_default();
        *count += 1;
        let character = name.character();
        let mut rng = Rng::new(seed.wrapping_add(*count), name.text());
        let delay_ms = u64::try_from(rng.range(character.delay_ms.0, character.delay_ms.1));
        let delay_ms = delay_ms.unwrap_or_default();
        let reaction = if form == WantedForm::Schema && character.knows_no_schema {
            Reaction::RefuseForm
        } else if rng.chance_ppm(character.throttle_ppm) {
            Reaction::Throttle { retry_after_s: 1 }
        } else if rng.chance_ppm(character.break_ppm) {
            Reaction::Break
        } else if rng.chance_ppm(character.decline_ppm) {
            Reaction::Decline
        } else {
            let belief = Belief::of(universe, seed, name, words, &mut rng);
            Reaction::Say(speech::say(&character, belief, &mut rng))
        };
        Timed { delay_ms, reaction }
    }
}

/// The hidden truth of a question: drawn once from the seed, with the odds of its first price.
pub(crate) fn truth(listing: &Listing, seed: u64) -> Winner {
    let chance = u32::from(listing.fair.ten_thousandths()) * 100;
    let is_so = Rng::new(seed, &format!("truth {}", listing.condition)).chance_ppm(chance);
    if is_so { Winner::Yes } else { Winner::No }
}
