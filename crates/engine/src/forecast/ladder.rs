//! Asking less as the money runs out: fewer samples, fewer members, the cheapest, nobody.

use domain::Usd;
use serde::{Deserialize, Serialize};

use super::member::MemberName;

/// How much is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rung {
    /// Every member, as often as is set.
    Full,
    /// Every member, once.
    FewerSamples,
    /// Those with the largest parts of the pool, as many as are needed, once.
    FewerMembers,
    /// The cheapest, as many as are needed, once.
    Cheapest,
    /// Nobody.
    Stop,
}

impl Rung {
    /// Every rung, from the top.
    pub const ALL: [Self; 5] =
        [Self::Full, Self::FewerSamples, Self::FewerMembers, Self::Cheapest, Self::Stop];

    /// The highest rung that so much of a day's money allows: half of it for the first, a quarter for
    /// the second, a tenth for the third.
    fn allowed(left: Usd, limit: Usd) -> Self {
        let left = i128::from(left.micros()) * 100;
        let limit = i128::from(limit.micros().max(0));
        match () {
            () if left >= limit * 50 => Self::Full,
            () if left >= limit * 25 => Self::FewerSamples,
            () if left >= limit * 10 => Self::FewerMembers,
            () => Self::Cheapest,
        }
    }
    /// One plain phrase for people.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Full => "every model, as often as is set",
            Self::FewerSamples => "every model, once",
            Self::FewerMembers => "the models that count most, once",
            Self::Cheapest => "the cheapest models, once",
            Self::Stop => "no model: the budget of the day is used up",
        }
    }
}

/// A member that could be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Who.
    pub member: MemberName,
    /// The most that one call costs, repair included.
    pub call_cost_max: Usd,
    /// Its part of the pool, in millionths.
    pub weight_ppm: u32,
}

/// How many are asked, where money is no question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Samples a member.
    pub samples: u32,
    /// The fewest members of which a forecast can be made.
    pub members_min: usize,
}

/// Who is asked how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallPlan {
    /// How far down the ladder.
    pub rung: Rung,
    /// Members with their number of samples.
    pub calls: Vec<(MemberName, u32)>,
    /// The most that all of it costs.
    pub cost_max: Usd,
}

impl CallPlan {
    /// The most that can be asked with `left` of the day's `limit`. Never costs more than `left`.
    #[must_use]
    pub fn of(offers: &[Offer], reach: Reach, left: Usd, limit: Usd) -> Self {
        let free = offers.iter().all(|offer| offer.call_cost_max <= Usd::ZERO);
        let highest = if free { Rung::Full } else { Rung::allowed(left, limit) };
        let rungs = Rung::ALL.into_iter().filter(|rung| *rung >= highest);
        let mut plans = rungs.map(|rung| Self::on(rung, offers, reach));
        let enough = |plan: &Self| plan.calls.len() >= reach.members_min.max(1);
        let fits = |plan: &Self| plan.cost_max <= left && enough(plan);
        plans.find(fits).unwrap_or(Self {
            rung: Rung::Stop,
            calls: Vec::new(),
            cost_max: Usd::ZERO,
        })
    }
    fn on(rung: Rung, offers: &[Offer], reach: Reach) -> Self {
        let mut chosen: Vec<&Offer> = offers.iter().collect();
        match rung {
            Rung::Full | Rung::FewerSamples => {}
            Rung::FewerMembers => {
                chosen.sort_by_key(|offer| (std::cmp::Reverse(offer.weight_ppm), &offer.member));
                chosen.truncate(reach.members_min);
            }
            Rung::Cheapest => {
                chosen.sort_by_key(|offer| (offer.call_cost_max, &offer.member));
                chosen.truncate(reach.members_min);
            }
            Rung::Stop => chosen.clear(),
        }
        let samples = if rung == Rung::Full { reach.samples.max(1) } else { 1 };
        let micros =
            |offer: &&Offer| offer.call_cost_max.micros().max(0).saturating_mul(i64::from(samples));
        let cost_max = chosen.iter().map(micros).map(Usd::from_micros).sum();
        let calls = chosen.into_iter().map(|offer| (offer.member.clone(), samples)).collect();
        Self { rung, calls, cost_max }
    }
}
