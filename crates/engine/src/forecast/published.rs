//! The swarm's published word on one market at one moment.

use domain::{ConditionId, GroupId, Price, Probability, UnixMillis, Usd};
use serde::{Deserialize, Serialize};

use super::ballot::{Ballot, Vote};
use super::consensus::Consensus;

/// The market beside the forecast: what no prompt sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedMarket {
    /// Which market.
    pub condition: ConditionId,
    /// The group it belongs to.
    pub group: Option<GroupId>,
    /// When it is scheduled to end.
    pub closes_at: Option<UnixMillis>,
    /// The middle of bid and ask of the first outcome when the swarm was asked; what skill is
    /// measured against.
    pub price: Price,
}

/// What the swarm says. Probabilities are of the first outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forecast {
    /// About what, with its price at that moment.
    pub market: AskedMarket,
    /// When the question was asked.
    pub asked_at: UnixMillis,
    /// When this was published.
    pub made_at: UnixMillis,
    /// Which prompt was used.
    pub prompt_version: u32,
    /// The pool of the members, without the price.
    pub blind: Probability,
    /// After the market was mixed in.
    pub blended: Probability,
    /// The lower end of the blended belief: nine of ten such intervals are meant to hold the truth.
    pub low: Probability,
    /// The upper end of the blended belief.
    pub high: Probability,
    /// How much of the blend is the market's, in millionths.
    pub market_weight_ppm: u32,
    /// How far the members' calibrated beliefs are apart: their weighted standard deviation in
    /// thousandths of a unit of log-odds.
    pub disagreement_millilogits: u32,
    /// Each member's word, by name.
    pub ballots: Vec<Ballot>,
    /// The votes, counted.
    pub consensus: Consensus,
    /// What all calls for it cost together.
    pub cost: Usd,
}

impl Forecast {
    /// The longer arm of the blended interval: what the forecast itself may be off.
    #[must_use]
    pub fn margin(&self) -> Probability {
        self.blended.distance(self.low).max(self.blended.distance(self.high))
    }
    /// How far the blended belief is from the market's price.
    #[must_use]
    pub fn distance_to_market(&self) -> Probability {
        self.blended.distance(Probability::from_price(self.market.price))
    }
    /// The best of these for a person to look at, best first, at most `count`: those whose leading
    /// vote is to trade, by how many agree, then by confidence, then by the distance to the market.
    /// Of several about one market the last one made counts.
    #[must_use]
    pub fn picks<'a>(forecasts: &'a [Self], count: usize) -> Vec<&'a Self> {
        let newest = |one: &&'a Self| {
            let same =
                forecasts.iter().filter(|other| other.market.condition == one.market.condition);
            same.map(|other| other.made_at).max() == Some(one.made_at)
        };
        let mut picks: Vec<&Self> = forecasts
            .iter()
            .filter(newest)
            .filter(|forecast| forecast.consensus.leading != Vote::NoTrade)
            .collect();
        picks.sort_by_key(|forecast| {
            let distance = forecast.distance_to_market();
            let votes = &forecast.consensus;
            let order = (votes.agreeing, votes.confidence, distance);
            (std::cmp::Reverse(order), forecast.market.condition)
        });
        picks.dedup_by_key(|forecast| forecast.market.condition);
        picks.truncate(count);
        picks
    }
}
