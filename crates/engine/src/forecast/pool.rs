//! From the samples of a swarm to its published word.

use domain::{Probability, UnixMillis, Usd};
use thiserror::Error;

use super::answer::Estimate;
use super::ballot::{Ballot, Vote};
use super::consensus::Consensus;
use super::member::MemberName;
use super::panel::{Panel, Pooled, Stated};
use super::prompt::PROMPT_VERSION;
use super::published::{AskedMarket, Forecast};
use super::sample::Sample;

/// When there is a forecast, and what is a vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolSettings {
    /// How many members must state a probability. Default 2.
    pub quorum: usize,
    /// How far a calibrated belief must be from the price to be a vote for a trade. Default 0.05.
    pub vote_distance_min: Probability,
}

impl Default for PoolSettings {
    fn default() -> Self {
        let vote_distance_min = Probability::from_millionths(50_000).unwrap_or(Probability::ONE);
        Self { quorum: 2, vote_distance_min }
    }
}

/// Why there is no forecast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NoForecast {
    /// Too few members stated a probability.
    #[error("{stated} of the models stated a probability, and {quorum} are needed")]
    Quorum {
        /// How many did.
        stated: usize,
        /// How many must.
        quorum: usize,
    },
}

/// When a question was asked, and when its answer is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moments {
    /// When the question was asked.
    pub asked_at: UnixMillis,
    /// When this is published.
    pub made_at: UnixMillis,
}

impl Panel {
    /// The swarm's word, of whatever samples there are. Failed ones cost and say nothing.
    ///
    /// # Errors
    /// See [`NoForecast`].
    pub fn forecast(
        &self,
        market: AskedMarket,
        samples: &[Sample],
        moments: Moments,
        settings: PoolSettings,
    ) -> Result<Forecast, NoForecast> {
        let mut ballots = ballots(samples);
        let stated: Vec<Stated> = ballots.iter().filter_map(stated).collect();
        let missed = NoForecast::Quorum { stated: stated.len(), quorum: settings.quorum.max(1) };
        if stated.len() < settings.quorum {
            return Err(missed);
        }
        let price = Probability::from_price(market.price);
        let horizon = market.closes_at.map(|end| end.since(moments.asked_at));
        let pooled = self.pool(&stated, price, horizon).ok_or(missed)?;
        let voters = ballots.iter_mut().filter(|ballot| ballot.stated.is_some());
        for (ballot, (calibrated, weight_ppm)) in voters.zip(&pooled.parts) {
            ballot.calibrated = Some(*calibrated);
            ballot.weight_ppm = *weight_ppm;
            ballot.vote = vote(*calibrated, price, settings.vote_distance_min);
        }
        let cost = samples.iter().map(|sample| sample.cost).sum();
        Ok(published(market, moments, pooled, ballots, cost))
    }
}

fn published(
    market: AskedMarket,
    moments: Moments,
    pooled: Pooled,
    ballots: Vec<Ballot>,
    cost: Usd,
) -> Forecast {
    Forecast {
        market,
        asked_at: moments.asked_at,
        made_at: moments.made_at,
        prompt_version: PROMPT_VERSION,
        blind: pooled.blind,
        blended: pooled.blended,
        low: pooled.low,
        high: pooled.high,
        market_weight_ppm: pooled.market_weight_ppm,
        disagreement_millilogits: pooled.disagreement_millilogits,
        consensus: Consensus::of(&ballots, pooled.closeness_ppm),
        ballots,
        cost,
    }
}

fn vote(calibrated: Probability, price: Probability, distance_min: Probability) -> Vote {
    if calibrated.distance(price) < distance_min || calibrated == price {
        Vote::NoTrade
    } else if calibrated > price {
        Vote::Yes
    } else {
        Vote::No
    }
}

fn stated(ballot: &Ballot) -> Option<Stated> {
    Some(Stated {
        member: ballot.member.clone(),
        probability: ballot.stated?,
        low: ballot.low?,
        high: ballot.high?,
    })
}

/// One ballot a member, by name. Whoever gave no readable answer at all casts none.
pub fn ballots(samples: &[Sample]) -> Vec<Ballot> {
    let mut names: Vec<&MemberName> = samples.iter().map(|sample| &sample.member).collect();
    names.sort();
    names.dedup();
    let of = |name: &MemberName| ballot(name, samples.iter().filter(|it| it.member == *name));
    names.into_iter().filter_map(of).collect()
}

/// The middle of its estimates: of five samples two may be nonsense. It abstains where most of its
/// answers do.
fn ballot<'a>(name: &MemberName, samples: impl Iterator<Item = &'a Sample>) -> Option<Ballot> {
    let (mut asked, mut answered) = (0, 0);
    let mut estimates: Vec<&Estimate> = Vec::new();
    for sample in samples {
        asked += 1;
        if let Some(answer) = sample.answer() {
            answered += 1;
            estimates.extend(answer.estimate());
        }
    }
    if answered == 0 {
        return None;
    }
    if estimates.len() * 2 < answered {
        estimates.clear();
    }
    let middle = |of: fn(&Estimate) -> Probability| {
        let mut all: Vec<Probability> = estimates.iter().map(|one| of(one)).collect();
        Probability::median(&mut all)
    };
    Some(Ballot {
        member: name.clone(),
        asked,
        answered: u32::try_from(answered).unwrap_or(u32::MAX),
        stated: middle(|estimate| estimate.probability),
        calibrated: None,
        low: middle(|estimate| estimate.low),
        high: middle(|estimate| estimate.high),
        weight_ppm: 0,
        vote: Vote::NoTrade,
    })
}
