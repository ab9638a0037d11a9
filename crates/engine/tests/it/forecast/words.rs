//! What a forecast is made of.

use domain::{ConditionId, DurationMillis, Price, Probability, UnixMillis, Usd};
use engine::forecast::{
    AskedMarket, Ballot, Consensus, Estimate, Forecast, MemberName, Question, ResearchNote, Vote,
};

fn probability(text: &str) -> Probability {
    Probability::parse(text).unwrap()
}

fn ballot(member: &str, vote: Vote) -> Ballot {
    let stated = Some(probability("0.5"));
    Ballot {
        member: MemberName::new(member).unwrap(),
        asked: 3,
        answered: 3,
        stated,
        calibrated: stated,
        low: stated,
        high: stated,
        weight_ppm: 250_000,
        vote,
    }
}

fn forecast(market: u8, made_at: i64, votes: &[Vote], blended: &str) -> Forecast {
    let names = ["a", "b", "c", "d"];
    let ballots: Vec<Ballot> = names.iter().zip(votes).map(|(n, v)| ballot(n, *v)).collect();
    let consensus = Consensus::of(&ballots, 1_000_000);
    let blended = probability(blended);
    Forecast {
        market: AskedMarket {
            condition: ConditionId::from_bytes([market; 32]),
            group: None,
            closes_at: None,
            price: Price::parse("0.5").unwrap(),
        },
        asked_at: UnixMillis(made_at),
        made_at: UnixMillis(made_at).plus(DurationMillis(5)),
        prompt_version: 1,
        blind: blended,
        blended,
        low: blended,
        high: blended,
        market_weight_ppm: 666_667,
        disagreement_millilogits: 0,
        ballots,
        consensus,
        cost: Usd::ZERO,
    }
}

#[test]
fn a_tie_of_votes_is_no_trade() {
    let votes = [Vote::Yes, Vote::Yes, Vote::No, Vote::No];
    let consensus = forecast(1, 0, &votes, "0.5").consensus;
    assert_eq!(
        (consensus.leading, consensus.agreeing, consensus.confidence),
        (Vote::NoTrade, 0, 0)
    );
}

#[test]
fn confidence_is_the_part_that_agrees_less_where_beliefs_lie_apart() {
    let ballots = [ballot("a", Vote::Yes), ballot("b", Vote::Yes), ballot("c", Vote::No)];
    assert_eq!(Consensus::of(&ballots, 1_000_000).confidence, 66);
    assert_eq!(Consensus::of(&ballots, 500_000).confidence, 33);
    assert_eq!(Consensus::of(&[], 1_000_000).confidence, 0);
}

#[test]
fn picks_are_the_newest_word_on_each_market_by_agreement_and_never_no_trade() {
    use Vote::{No, NoTrade, Yes};
    let forecasts = [
        forecast(1, 10, &[Yes, Yes, Yes, Yes], "0.9"),
        forecast(1, 20, &[Yes, Yes, Yes, No], "0.6"),
        forecast(2, 10, &[No, No, No, No], "0.4"),
        forecast(3, 10, &[NoTrade, NoTrade, NoTrade, Yes], "0.5"),
        forecast(4, 10, &[No, No, No, Yes], "0.2"),
    ];
    let picked = |count| -> Vec<u8> {
        let picks = Forecast::picks(&forecasts, count);
        picks.iter().map(|pick| pick.market.condition.bytes()[0]).collect()
    };
    assert_eq!(picked(5), [2, 4, 1]);
    assert_eq!(picked(1), [2]);
}

#[test]
fn an_estimate_lies_within_its_own_ends_whatever_was_said() {
    let estimate = Estimate::new(probability("0.7"), probability("0.6"), probability("0.2"));
    assert_eq!((estimate.low, estimate.high), (probability("0.2"), probability("0.7")));
}

#[test]
fn a_question_keeps_only_so_many_tags_and_notes_and_none_that_say_nothing() {
    let tags = ["\u{200b}", "politics"].into_iter().chain(std::iter::repeat_n("x", 20));
    let note = |text: &str| ResearchNote::new("a paper", None, text);
    let notes = [note("\u{200b}"), note("news")].into_iter().chain((0..20).map(|_| note("more")));
    let question = Question::new("Will it?", "Yes").with_tags(tags).with_notes(notes);
    assert_eq!((question.tags.len(), question.notes.len()), (10, 8));
    assert_eq!(question.tags[0].as_str(), "politics");
    assert_eq!(question.notes[0].text.as_str(), "news");
}

#[test]
fn a_forecast_outlives_the_wire() {
    let forecast = forecast(1, 10, &[Vote::Yes, Vote::NoTrade], "0.123456");
    let text = serde_json::to_string(&forecast).unwrap();
    assert!(text.contains(r#""blended":"0.123456""#), "{text}");
    assert!(text.contains(r#""vote":"NO_TRADE""#), "{text}");
    assert_eq!(serde_json::from_str::<Forecast>(&text).unwrap(), forecast);
}

#[test]
fn member_names_are_short_and_plain() {
    for good in ["gpt-4o", "claude-opus-4.1", "local/llama3:8b"] {
        assert!(MemberName::new(good).is_ok(), "{good}");
    }
    for bad in ["", "a b", "gpt\n", "ö", &"a".repeat(65)] {
        assert!(MemberName::new(bad).is_err(), "{bad:?}");
    }
}
