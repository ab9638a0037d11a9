//! Three views of how much of a displayed market is really there for us.
//!
//! A recording of a public feed shows neither who would have been faster nor what would have changed
//! because of us. So every backtest is made three times from one tape, and what was really there lies
//! somewhere between the outer two.

use domain::DurationMillis;
use engine::fill_model::{Assumed, AtOurPrice, PaperSettings, Taken, WHOLE_PPM};
use serde::Serialize;

/// How kind the market is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// Late, behind everybody, half of the depth, and only what was surely traded.
    Pessimistic,
    /// As paper trading takes it.
    Realistic,
    /// Nearly at once, first in the queue, all of the depth, and it comes back.
    Optimistic,
}

impl Bound {
    /// All of them, from the worst to the best.
    pub const ALL: [Self; 3] = [Self::Pessimistic, Self::Realistic, Self::Optimistic];

    /// A stable name for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pessimistic => "pessimistic",
            Self::Realistic => "realistic",
            Self::Optimistic => "optimistic",
        }
    }
    /// One plain sentence for people.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Pessimistic => {
                "600 to 1,000 ms to the book; half of the displayed depth is there; a resting order \
                 is filled only when the market trades through its price; one trade in 100 and one \
                 transaction in 50 fail."
            }
            Self::Realistic => {
                "250 to 350 ms to the book; all of the displayed depth is there, once; a resting \
                 order waits at the end of the queue; one trade in 500 and one transaction in 200 \
                 fail."
            }
            Self::Optimistic => {
                "50 ms to the book; all of the displayed depth is there and comes back; a resting \
                 order is first in the queue; nothing fails."
            }
        }
    }
    /// What the venue on paper takes for true. Its latency is from the exchange's statement to our
    /// order at the exchange: the way of the feed to us is part of it.
    #[must_use]
    pub fn settings(self) -> PaperSettings {
        let whole = Assumed::default();
        match self {
            Self::Pessimistic => PaperSettings {
                latency_ms: DurationMillis(600),
                trade_failures_ppm: 10_000,
                task_failures_ppm: 20_000,
                chain_ms: DurationMillis(20_000),
                assumed: Assumed {
                    jitter_ms: DurationMillis(400),
                    depth_ppm: WHOLE_PPM / 2,
                    at_our_price: AtOurPrice::Never,
                    ..whole
                },
                ..PaperSettings::default()
            },
            Self::Realistic => PaperSettings {
                latency_ms: DurationMillis(250),
                assumed: Assumed { jitter_ms: DurationMillis(100), ..whole },
                ..PaperSettings::default()
            },
            Self::Optimistic => PaperSettings {
                latency_ms: DurationMillis(50),
                chain_ms: DurationMillis(4_000),
                trade_failures_ppm: 0,
                task_failures_ppm: 0,
                assumed: Assumed { ahead_ppm: 0, taken: Taken::Returns, ..whole },
                ..PaperSettings::default()
            },
        }
    }
}
