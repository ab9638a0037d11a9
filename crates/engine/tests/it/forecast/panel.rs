//! Who is listened to, and how beliefs become one.

use domain::Probability;
use engine::forecast::{Lesson, Panel, Standing, Stated};
use proptest::prelude::*;

use super::kit::{
    Habit, boastful, days, garbage, hopeful, lessons, liar, name, probability, skilled,
};

fn stated(member: &str, text: &str) -> Stated {
    let probability = probability(text);
    Stated { member: name(member), probability, low: probability, high: probability }
}

fn taught(lessons: &[Lesson]) -> Panel {
    let mut panel = Panel::default();
    lessons.iter().for_each(|lesson| panel.learn(lesson));
    panel
}

fn standing(panel: &Panel, member: &str) -> Standing {
    panel.standings().into_iter().find(|one| one.member == name(member)).unwrap()
}

fn near(found: Probability, wanted: &str, within: u32) {
    let off = found.distance(probability(wanted)).millionths();
    assert!(off <= within, "{found} is not within {within} millionths of {wanted}");
}

const THREE_GOOD: [(&str, Habit); 3] = [("a", skilled), ("b", skilled), ("c", skilled)];

fn with(member: Habit) -> Vec<(&'static str, Habit)> {
    THREE_GOOD.into_iter().chain([("planted", member)]).collect()
}

#[test]
fn before_there_is_evidence_all_count_the_same_and_the_market_two_thirds() {
    let panel = Panel::default();
    let beliefs = [stated("a", "0.2"), stated("b", "0.8"), stated("c", "0.5")];
    let pooled = panel.pool(&beliefs, probability("0.5"), Some(days(30))).unwrap();
    assert_eq!(pooled.blind, probability("0.5"));
    assert_eq!(pooled.parts[0], (probability("0.2"), 333_333));
    // The geometric mean of the odds 1/4 and 1/9 is 1/6; a third of its logarithm is left.
    let beliefs = [stated("a", "0.2"), stated("b", "0.1")];
    let pooled = panel.pool(&beliefs, probability("0.5"), Some(days(30))).unwrap();
    near(pooled.blind, "0.142857", 1);
    near(pooled.blended, "0.354972", 2);
    assert_eq!(pooled.market_weight_ppm, 666_667);
}

#[test]
fn the_market_counts_more_the_nearer_the_end() {
    let panel = Panel::default();
    let weights = [0, 3, 30, 300].map(|left| panel.market_weight_ppm(Some(days(left))));
    assert!(weights.is_sorted_by(|a, b| a > b), "{weights:?}");
    assert_eq!(panel.market_weight_ppm(None), weights[2]);
    assert_eq!(panel.market_weight_ppm(Some(days(-5))), weights[0]);
}

#[test]
fn a_planted_bad_model_loses_its_weight_within_fifty_resolutions() {
    for (kind, habit) in [("garbage", garbage as Habit), ("liar", liar)] {
        for seed in 0..20 {
            let panel = taught(&lessons(50, seed, &with(habit), skilled));
            let planted = standing(&panel, "planted").weight_ppm;
            assert!(planted < 50_000, "{kind}, seed {seed}: {planted} ppm of 250,000 are left");
            let good = standing(&panel, "a").weight_ppm;
            assert!(good > 150_000, "{kind}, seed {seed}: a good one has {good} ppm");
        }
    }
}

#[test]
fn models_of_the_same_skill_keep_similar_weights() {
    for seed in 0..20 {
        let panel = taught(&lessons(200, seed, &THREE_GOOD, skilled));
        for standing in panel.standings() {
            assert!((100_000..750_000).contains(&standing.weight_ppm), "{seed}: {standing:?}");
        }
    }
}

#[test]
fn ten_outcomes_hardly_move_a_weight_or_a_habit() {
    for seed in 0..20 {
        let panel = taught(&lessons(10, seed, &with(boastful), skilled));
        let good = standing(&panel, "a");
        assert!((120_000..500_000).contains(&good.weight_ppm), "{seed}: {good:?}");
        assert!((0.6..1.6).contains(&good.slope) && good.intercept.abs() < 0.6, "{good:?}");
    }
}

#[test]
fn habits_are_learned_and_corrected() {
    let panel = taught(&lessons(400, 7, &with(boastful), skilled));
    let slope = standing(&panel, "planted").slope;
    assert!((0.2..0.5).contains(&slope), "three times too sure, and taken for {slope}");
    let panel = taught(&lessons(400, 7, &with(hopeful), skilled));
    let intercept = standing(&panel, "planted").intercept;
    assert!((-2.0..-0.9).contains(&intercept), "1.5 too hopeful, and taken for {intercept}");
    // A habit that is known is no reason not to listen.
    assert!(standing(&panel, "planted").weight_ppm > 60_000);
}

#[test]
fn nobody_is_ever_read_the_other_way_around() {
    let panel = taught(&lessons(400, 3, &with(liar), skilled));
    assert!(standing(&panel, "planted").slope >= 0.0);
}

#[test]
fn a_single_voice_of_nonsense_moves_a_pool_of_five_by_little() {
    let panel = Panel::default();
    let mut beliefs: Vec<Stated> = ["a", "b", "c", "d"].map(|member| stated(member, "0.1")).into();
    let without = panel.pool(&beliefs, probability("0.1"), None).unwrap().blended;
    beliefs.push(stated("e", "1"));
    let pooled = panel.pool(&beliefs, probability("0.1"), None).unwrap();
    assert!(pooled.blended.distance(without) < probability("0.02"), "{pooled:?}");
    assert!(pooled.disagreement_millilogits > 2_000, "{pooled:?}");
    assert_eq!(pooled.closeness_ppm, 0);
}

#[test]
fn a_swarm_that_beats_the_market_gains_on_it_and_one_that_does_not_loses() {
    let weight = |members: &[(&str, Habit)], market| {
        taught(&lessons(400, 11, members, market)).market_weight_ppm(Some(days(30)))
    };
    assert!(weight(&THREE_GOOD, garbage) < 350_000);
    assert!(weight(&[("a", garbage as Habit)], skilled) > 850_000);
}

#[test]
fn what_one_horizon_teaches_is_not_believed_of_another() {
    let panel = taught(&lessons(400, 11, &THREE_GOOD, garbage));
    assert_eq!(
        panel.market_weight_ppm(Some(days(3))),
        Panel::default().market_weight_ppm(Some(days(3)))
    );
}

#[test]
fn nobody_agrees_so_well_that_nothing_is_left_to_doubt() {
    let beliefs = ["a", "b", "c"].map(|member| stated(member, "0.6"));
    let pooled = Panel::default().pool(&beliefs, probability("0.6"), None).unwrap();
    assert!(pooled.low < pooled.blended && pooled.blended < pooled.high);
    assert!(pooled.high.distance(pooled.low) > probability("0.05"), "{pooled:?}");
    assert_eq!(Panel::default().pool(&[], probability("0.6"), None), None);
}

#[test]
fn the_same_lessons_give_the_same_panel() {
    let lessons = lessons(60, 5, &with(garbage), skilled);
    assert_eq!(taught(&lessons), taught(&lessons));
}

proptest! {
    #[test]
    fn whatever_is_stated_the_blend_lies_between_the_market_and_the_pool(
        values in prop::collection::vec(0u32..=1_000_000, 1..6), market in 0u32..=1_000_000,
        left in prop::option::of(-10i64..1_000), taught_by in 0usize..30, seed in any::<u64>(),
    ) {
        let names = ["a", "b", "c", "planted", "e"];
        let beliefs: Vec<Stated> = names
            .iter()
            .zip(values)
            .map(|(member, value)| {
                let probability = Probability::from_millionths(value).unwrap();
                Stated { member: name(member), probability, low: Probability::ZERO, high: probability }
            })
            .collect();
        let market = Probability::from_millionths(market).unwrap();
        let panel = taught(&lessons(taught_by, seed, &with(garbage), skilled));
        let pooled = panel.pool(&beliefs, market, left.map(days)).unwrap();
        // Nothing is believed to be surer than 0.999.
        let market = market.clamp(probability("0.001"), probability("0.999"));
        let (least, most) = (market.min(pooled.blind), market.max(pooled.blind));
        let blended = pooled.blended.millionths();
        prop_assert!((least.millionths()..=most.millionths()).contains(&blended)
            || pooled.blended.distance(least).min(pooled.blended.distance(most)).millionths() <= 1);
        prop_assert!(pooled.low <= pooled.blended && pooled.blended <= pooled.high);
        let parts: u32 = pooled.parts.iter().map(|(_, part)| part).sum();
        prop_assert!(parts.abs_diff(1_000_000) <= 5, "{parts}");
    }
}
