//! From samples to a forecast.

use domain::{ConditionId, DurationMillis, Price, UnixMillis, Usd};
use engine::forecast::{
    Answer, AskedMarket, CleanText, Estimate, Failure, Forecast, Moments, NoForecast, Outcome,
    Panel, PoolSettings, Sample, Vote,
};

use super::kit::{name, probability};

fn sample(member: &str, index: u32, outcome: Outcome) -> Sample {
    Sample {
        member: name(member),
        index,
        outcome,
        cost: Usd::from_micros(1_500),
        latency_ms: DurationMillis(800),
    }
}

fn says(member: &str, index: u32, text: &str) -> Sample {
    let p = probability(text);
    sample(member, index, Outcome::Answered(Answer::Estimate(Estimate::new(p, p, p))))
}

fn abstains(member: &str, index: u32) -> Sample {
    let reason = CleanText::default();
    sample(member, index, Outcome::Answered(Answer::Abstained { reason }))
}

fn fails(member: &str, index: u32, failure: Failure) -> Sample {
    sample(member, index, Outcome::Failed(failure))
}

fn forecast(samples: &[Sample]) -> Result<Forecast, NoForecast> {
    let market = AskedMarket {
        condition: ConditionId::from_bytes([1; 32]),
        group: None,
        closes_at: Some(UnixMillis(30 * 86_400_000)),
        price: Price::parse("0.5").unwrap(),
    };
    let moments = Moments { asked_at: UnixMillis(0), made_at: UnixMillis(2_000) };
    Panel::default().forecast(market, samples, moments, PoolSettings::default())
}

#[test]
fn a_members_word_is_the_middle_of_its_samples_so_two_of_five_may_be_nonsense() {
    let texts = ["0.1", "0.99", "0.12", "0.11", "1"];
    let mut samples: Vec<Sample> =
        texts.iter().zip(0..).map(|(text, index)| says("a", index, text)).collect();
    samples.push(says("b", 0, "0.3"));
    let forecast = forecast(&samples).unwrap();
    assert_eq!(forecast.ballots[0].stated, Some(probability("0.12")));
    assert_eq!((forecast.ballots[0].asked, forecast.ballots[0].answered), (5, 5));
    assert_eq!(forecast.cost, Usd::from_micros(9_000));
}

#[test]
fn without_a_quorum_there_is_no_forecast() {
    let samples = [
        says("a", 0, "0.3"),
        abstains("b", 0),
        fails("c", 0, Failure::Late),
        fails("d", 0, Failure::Refused),
    ];
    assert_eq!(forecast(&samples), Err(NoForecast::Quorum { stated: 1, quorum: 2 }));
    assert_eq!(forecast(&[]), Err(NoForecast::Quorum { stated: 0, quorum: 2 }));
}

#[test]
fn partial_results_are_used_and_failed_calls_cost_and_say_nothing() {
    let samples = [
        says("a", 0, "0.3"),
        fails("a", 1, Failure::Malformed),
        says("b", 0, "0.3"),
        fails("c", 0, Failure::Provider),
    ];
    let forecast = forecast(&samples).unwrap();
    let members: Vec<&str> = forecast.ballots.iter().map(|it| it.member.as_str()).collect();
    assert_eq!(members, ["a", "b"]);
    assert_eq!((forecast.ballots[0].asked, forecast.ballots[0].answered), (2, 1));
    assert_eq!(forecast.blind, probability("0.3"));
    assert_eq!(forecast.cost, Usd::from_micros(6_000));
}

#[test]
fn who_mostly_abstains_votes_no_trade_and_has_no_part_in_the_pool() {
    let samples = [
        says("a", 0, "0.9"),
        abstains("a", 1),
        abstains("a", 2),
        says("b", 0, "0.3"),
        abstains("b", 1),
        says("c", 0, "0.3"),
    ];
    let forecast = forecast(&samples).unwrap();
    let [a, b, _] = &forecast.ballots[..] else { panic!("three ballots") };
    assert_eq!((a.stated, a.calibrated, a.weight_ppm, a.vote), (None, None, 0, Vote::NoTrade));
    assert_eq!((b.stated, b.weight_ppm, b.vote), (Some(probability("0.3")), 500_000, Vote::No));
    assert_eq!((forecast.consensus.leading, forecast.consensus.agreeing), (Vote::No, 2));
    assert_eq!(forecast.consensus.cast(), 3);
}

#[test]
fn a_vote_to_trade_needs_a_distance_from_the_price() {
    let samples = [says("a", 0, "0.55"), says("b", 0, "0.549999"), says("c", 0, "0.44")];
    let forecast = forecast(&samples).unwrap();
    let votes: Vec<Vote> = forecast.ballots.iter().map(|ballot| ballot.vote).collect();
    assert_eq!(votes, [Vote::Yes, Vote::NoTrade, Vote::No]);
    assert_eq!(forecast.consensus.leading, Vote::NoTrade);
}

#[test]
fn the_order_of_the_samples_changes_nothing() {
    let mut samples =
        vec![says("b", 0, "0.2"), says("a", 0, "0.4"), abstains("c", 0), says("a", 1, "0.6")];
    let before = forecast(&samples);
    samples.reverse();
    assert_eq!(forecast(&samples), before);
}
