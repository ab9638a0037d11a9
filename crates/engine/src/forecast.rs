//! What a swarm of models believes about a market, and how far it may be believed.
//!
//! A [`Question`] goes out, [`Sample`]s come back, and a [`Forecast`] is what is published of them.
//! Beliefs are computed with floats; whatever is kept, compared or decided upon is a
//! [`domain::Probability`]. Money is never computed here with anything but integers.

mod answer;
mod ballot;
mod belief;
mod cache_key;
mod calibration;
mod consensus;
mod cost;
mod evaluation;
mod ladder;
mod logistic;
mod member;
mod panel;
mod pool;
mod prompt;
mod published;
mod question;
mod reading;
mod sample;
mod scores;
mod seed;
mod selection;
pub mod text;

pub use answer::{Answer, Estimate};
pub use ballot::{Ballot, Vote};
pub use cache_key::CacheKey;
pub use consensus::Consensus;
pub use cost::Cost;
pub use evaluation::{Category, Contest, Evaluation, Recorded, Source, Split};
pub use ladder::{CallPlan, Offer, Reach, Rung};
pub use member::{MemberName, MemberNameError};
pub use panel::{Lesson, Panel, Pooled, Standing, Stated};
pub use pool::{Moments, NoForecast, PoolSettings, ballots};
pub use prompt::{ANSWER_SCHEMA, PROMPT_VERSION, Prompt};
pub use published::{AskedMarket, Forecast};
pub use question::{NOTES_MAX, Question, ResearchNote, TAGS_MAX};
pub use reading::{ANSWER_BYTES_MAX, Unreadable};
pub use sample::{Failure, Outcome, Sample};
pub use scores::{Bin, Interval, Report, Score, Scored, Skill, curve, score, skill};
pub use seed::Seed;
pub use selection::{Candidate, Selection, SelectionSettings, Unasked};
pub use text::CleanText;
