//! What a swarm of models believes about a market, and how far it may be believed.
//!
//! A [`Question`] goes out, [`Sample`]s come back, and a [`Forecast`] is what is published of them.
//! Beliefs are computed with floats; whatever is kept, compared or decided upon is a
//! [`domain::Probability`]. Money is never computed here with anything but integers.

mod answer;
mod ballot;
mod consensus;
mod member;
mod published;
mod question;
mod sample;
pub mod text;

pub use answer::{Answer, Estimate};
pub use ballot::{Ballot, Vote};
pub use consensus::Consensus;
pub use member::{MemberName, MemberNameError};
pub use published::{AskedMarket, Forecast};
pub use question::{NOTES_MAX, Question, ResearchNote, TAGS_MAX};
pub use sample::{Failure, Outcome, Sample};
pub use text::CleanText;
